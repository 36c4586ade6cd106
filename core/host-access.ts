import { taskErrors } from './errors/catalogue/task.ts';
import { isDevServicesError } from './errors/error.ts';
import type { TaskFinished } from './events.ts';
import type { Host, HostOptions } from './host-contract.ts';

/** What `permissions: { project: true }` grants: to look at the project and to run its tasks. */
export interface ProjectAccess {
  /** A host of its own of the same project, loaded anew; whoever opens it closes it. */
  open(options?: { signal?: AbortSignal }): Host;
  /**
   * Runs a task as a command line would, in a host of its own: `up` may be the repo's. What happens stands
   * in the journal, and nothing is printed; nobody is there to be asked. `signal` ends it as Ctrl-C would.
   * Never throws for what the task came to: that is in what it gives.
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

/** The host that others are opened beside, and within whose time they live. */
export interface OuterHost {
  readonly argv: HostOptions['argv'];
  readonly builtInPlugins: HostOptions['builtInPlugins'];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: NonNullable<HostOptions['clock']>;
  readonly flags: { readonly config: string | undefined };
  readonly signal: AbortSignal;
  defer(undo: () => Promise<void>): void;
}

/** What plugins may have of the project whose host is `outer`; costs nothing before it is used. */
export function createProjectAccess(
  outer: OuterHost,
  createHost: (options: HostOptions) => Host,
): ProjectAccess {
  const { cwd, env, argv, clock, builtInPlugins } = outer;
  const closing = new AbortController();
  const ends = new Set<() => Promise<unknown>>();
  let isDeferred = false;

  /** Nothing outlives the outer host: `end` is awaited when that closes. Gives how to be done before. */
  const within = (end: () => Promise<unknown>): (() => void) => {
    if (!isDeferred) {
      outer.defer(async () => {
        closing.abort(interruption());
        await Promise.all([...ends].map((one) => one()));
      });
    }
    isDeferred = true;
    ends.add(end);
    return () => void ends.delete(end);
  };
  const signalWith = (signal: AbortSignal | undefined) =>
    AbortSignal.any([outer.signal, closing.signal, ...(signal ? [signal] : [])]);
  const begin = (signal: AbortSignal): Host =>
    createHost({
      cwd,
      env,
      clock,
      signal,
      ...(argv && { argv }),
      ...(builtInPlugins && { builtInPlugins }),
    });

  return {
    open({ signal } = {}) {
      const host = begin(signalWith(signal));
      const close = host.close.bind(host);
      const leave = within(close);
      host.close = async () => {
        leave();
        await close();
      };
      return host;
    },
    async run(task, args = {}, { signal } = {}) {
      const { signal: interrupted, release } = asInterruption(signalWith(signal));
      const place = { cwd, env, configFile: outer.flags.config };
      const running = (async () => {
        const { runHeadless } = await import('./cli/run-headless.ts');
        return runHeadless({ ...place, host: begin(interrupted), task, args });
      })();
      const leave = within(() => running.catch(() => {}));
      try {
        return await running;
      } finally {
        leave();
        release();
      }
    },
  };
}

// Whatever ends a task from outside is an interruption, and no defect.
function asInterruption(until: AbortSignal): { signal: AbortSignal; release(): void } {
  const interrupting = new AbortController();
  const stop = () =>
    interrupting.abort(isDevServicesError(until.reason) ? until.reason : interruption());
  if (until.aborted) stop();
  else until.addEventListener('abort', stop, { once: true });
  return {
    signal: interrupting.signal,
    release: () => until.removeEventListener('abort', stop),
  };
}

const interruption = () => taskErrors.create('DS_TASK_INTERRUPTED', { signal: 'its caller' });
