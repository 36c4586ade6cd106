import type { ResolvedConfig } from '../config/config.ts';
import type { EventStream } from '../events.ts';
import type { PortPlace, WantedPort } from '../identity/port-choice.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Logger } from '../log.ts';
import type { PortBinding, PrepareOptions, ResolvedRun, Spec } from '../run/runner.ts';
import type { Selection } from '../selection.ts';
import type { TakenPort } from './check-ports.ts';
import type { RunChoice } from './choose-runs.ts';
import type { SecretReader } from './resolve-environment.ts';

/** What one `up` is asked to plan. */
export interface PlanOptions extends Selection {
  recreate?: boolean;
  /** With `never`, images that would be needed and are not here end it before anything starts. */
  pull?: PrepareOptions['pull'];
  /** No network at all: what would have to be built is missing too. */
  offline?: boolean | undefined;
  /**
   * Stops these and starts them again, and who follows them (`dependsOn: { restart: true }`); empty:
   * all that run. Whatever else they need only has to run.
   */
  restart?: readonly string[];
  /** When that was asked for, by this machine's clock: what began after that was restarted meanwhile. */
  askedAt?: number;
  /** Those of `restart` that another task restarted meanwhile: they only have to run. */
  restarted?: readonly string[];
  /** Builds what is built before anything is decided. */
  build?: boolean;
  /** Asks for newer images before anything is decided; contradicts `offline` and never pulling. */
  update?: boolean;
  /** Images are not made anew, only said. */
  dryRun?: boolean;
  /** One-shots that run again though they completed and are unchanged. */
  again?: readonly string[];
  /** What changed of these is left for later: they only have to run. */
  aside?: readonly string[];
  /** They take no part and are there all the same: their dependants know what they export. */
  neighbours?: readonly string[];
  /** `--run SERVICE=KEY`. */
  runs?: Readonly<Record<string, string>>;
  /** What to do about a port that a stranger holds. Default `fail`. */
  ports?: 'fail' | 'reassign' | ((taken: readonly TakenPort[]) => Promise<'fail' | 'reassign'>);
}

/** What is remembered of earlier tasks, and what planning adds to it. */
export interface PlanState {
  pins: Readonly<Record<string, string>>;
  /** Generation of each service that was last seen ready. */
  readyGenerations: Readonly<Record<string, string>>;
  hashSpec(run: ResolvedRun, ports: readonly PortBinding[]): Spec;
  diffSpec(before: Spec | undefined, after: Spec): string[];
  /** Ports of this machine by `leaseKey`, kept for the next time. */
  leasePorts(
    wanted: readonly WantedPort[],
    holders: { ours: ReadonlySet<number>; strangers: ReadonlySet<number> },
  ): Promise<ReadonlyMap<string, number>>;
  isPortFree(port: number, place: PortPlace): Promise<boolean>;
  holderOf(port: number, protocol: 'tcp' | 'udp'): Promise<string>;
}

/** What a plan is made from. */
export interface PlanContext {
  config: ResolvedConfig;
  project: ProjectIdentity;
  state: PlanState;
  reader: SecretReader;
  events: Pick<EventStream, 'emit'>;
  log: Logger;
  signal: AbortSignal;
  runner: RunChoice['runner'];
  onFirstChoice: RunChoice['onFirstChoice'];
  awaken?: RunChoice['awaken'];
}
