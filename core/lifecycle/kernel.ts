import type { Clock } from '../clock.ts';
import type { ResolvedConfig } from '../config/config.ts';
import type { EventStream } from '../events.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Logger } from '../log.ts';
import type { PlanState } from '../plan/plan-context.ts';
import type { SecretReader } from '../plan/resolve-environment.ts';
import type { PluginHooks } from '../plugin/plugin-hooks.ts';
import type { Availability, Instance, Runner } from '../run/runner.ts';

/** What is remembered of one project between tasks. */
export interface ProjectState extends PlanState {
  pin(service: string, key: string): void;
  recordReady(service: string, generation: string): void;
  /** Digest of the files that a service's onReady step last succeeded with, by `stepOf`. */
  readonly stepInputs: Readonly<Record<string, string>>;
  recordStepInputs(step: string, digest: string): void;
  /** What `leasePorts` would give just now; keeps nothing. */
  previewPorts: PlanState['leasePorts'];
  /** Reads again what another task may have written since. */
  reload(): void;
  /** Forgets everything of these services (`all`: of the project). */
  forget(services: readonly string[] | 'all'): void;
}

/** One loaded project: what every lifecycle step stands on. */
export interface Kernel {
  readonly root: string;
  readonly project: ProjectIdentity;
  /** Undefined where the configuration is broken: what only needs labels and records goes on. */
  readonly config: ResolvedConfig | undefined;
  readonly state: ProjectState;
  readonly reader: SecretReader;
  readonly hooks: PluginHooks;
  readonly events: EventStream;
  readonly log: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The runner of a kind. Throws DS_RUNNER_MISSING. */
  runner(kind: string, service: string): Promise<Runner>;
  runnerOf(instance: Instance): Promise<Runner>;
  /** Whether a runner that a plan needs is there, after what it needs was started where that may be. */
  awaken(runner: Runner): Promise<Availability>;
  /** All runners there are. */
  runners(): Promise<readonly Runner[]>;
}
