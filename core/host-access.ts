import type { TaskFinished } from './events.ts';
import type { Host } from './host-contract.ts';

/** What `permissions: { project: true }` grants: to look at the project and to run its tasks. */
export interface ProjectAccess {
  /** A host of its own of the same project, loaded anew; whoever opens it closes it. */
  open(options?: { signal?: AbortSignal }): Host;
  /**
   * Runs a task as a command line would, in a host of its own: `up` may be the repo's. What happens stands
   * in the journal, and nothing is printed; nobody is there to be asked. Never throws for what the task
   * came to: that is in what it gives.
   *
   * @example
   * const { ok, services } = await project.run('up', { services: ['postgres'] });
   */
  run(
    task: string,
    args?: Readonly<Record<string, unknown>>,
    options?: { signal?: AbortSignal },
  ): Promise<TaskFinished>;
}

declare module './permissions/accessors.ts' {
  interface Accessors {
    project: { readonly project: ProjectAccess };
  }
}
