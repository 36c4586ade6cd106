import type { Endpoints } from '../events.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { PlannedDependency } from '../service/service.ts';
import type { Json } from './run.ts';

/** A run after everything in it is known: plain JSON, hashed field by field. */
export type ResolvedRun = { readonly kind: string } & { readonly [field: string]: Json };

/** A port of one service in one plan; `host` is the one on this machine. */
export interface PortBinding {
  name: string;
  container: number;
  host: number;
  protocol: 'tcp' | 'udp';
  /** Address of this machine on which it is published; absent: 127.0.0.1. */
  interface?: string;
}

/** One service as a runner gets it: resolved, nothing left to decide. */
export interface Target {
  project: ProjectIdentity;
  service: string;
  /** Which entry of the service's `run` this is. */
  runKey: string;
  run: ResolvedRun;
  ports: readonly PortBinding[];
  /** Goes into the spec label: `{ v, fields }`. */
  spec: Spec;
  /** When it counts as ready, for a runner that starts it again when nobody of us is there. */
  readiness?: Readiness;
  /** What it waits for, and whether it follows that one's restarts; for the same. */
  dependsOn?: readonly PlannedDependency[];
  /** Services of other kinds that follow its restarts; for the same. */
  followers?: readonly string[];
}

/** What a label on the instance remembers of its resolved run: a short HMAC for each field. */
export interface Spec {
  readonly v: 1;
  readonly fields: Readonly<Record<string, string>>;
}

/** How an instance stands, in the engines’ words. */
export type InstanceStatus = 'created' | 'running' | 'paused' | 'restarting' | 'exited';

/** A container or process that exists, as one look saw it. */
export interface Instance {
  /** The kind of run, which names the runner that knows it. */
  kind: string;
  service: string;
  runKey: string;
  /** The runner's own name of it (container id, pid). */
  id: string;
  /** New at each start: readiness seen once is only true of one generation. */
  generation: string;
  status: InstanceStatus;
  /** Absent for one that ended while nobody looked. */
  exitCode?: number;
  health?: 'starting' | 'healthy' | 'unhealthy';
  spec?: Spec;
  /** Set when what it was made from is no longer what its name means, e.g. a re-tagged image. */
  drift?: { field: string; text: string };
  /** Ports on this machine that it holds while it runs. */
  endpoints: Endpoints;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** By the runner's own clock, milliseconds since the epoch, where one look tells it. */
  startedAt?: number;
  /** When the run before ended, by the same clock, where that is known. */
  endedAt?: number;
  /** Its runner saw this very generation ready after it had started it again by itself. */
  isReady?: boolean;
  /** What people should know of how it stands: that it was given up after so many restarts. */
  note?: string;
}
