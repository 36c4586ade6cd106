import type { ProcessIdentity } from 'devservices/machine';
import type { Target } from 'devservices/runner';

/**
 * What is remembered of one process service, in a file of its own, replaced whole. Whoever reads it
 * needs no supervisor: with the process table it says how the service stands.
 */
export interface ProcessRecord {
  v: 1;
  /** Random; stays the same when the process is started again. */
  id: string;
  /** As planned; the run is resolved, its environment without the caller's own variables. */
  target: Target;
  /** Variables of the `up` that it was first started by; its own `environment` wins over them. */
  callerEnvironment: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** What it came to last; absent before its first start. */
  life?: ProcessLife;
  /** How often in a row its policy has started it: from none where somebody asked, or it ran for long. */
  restarts: number;
  /** Set when its policy gave it up: how it is said. */
  gaveUp?: string;
  /** Somebody asked it to stop: no policy starts it again. */
  isStopped: boolean;
  /** Generation that was seen ready after a restart of its own. */
  readyGeneration?: string;
  /** Of an attach: who waits for it is the caller, not the supervisor. */
  isAttached?: boolean;
}

/** One start of it. */
export interface ProcessLife {
  /** Of the process that leads; absent between the intent to start and the start. */
  leader?: ProcessIdentity;
  /** Whether it leads a process group of its own, which can be signalled as one. */
  hasGroup: boolean;
  startedAt: number;
  /** Where its log stood when it began: a logical offset. */
  logOffset: number;
  endedAt?: number;
  /** Exit code, 128 + n for a signal; absent where nobody of us saw the end. */
  exitCode?: number;
}

/** Where the files of one project's processes are. */
export interface ProcessPlaces {
  /** `<state>/<checkout>/processes/<project>`, 0700. */
  folder: string;
  /** `<folder>/<service>.json` */
  record(service: string): string;
  /** `<folder>/<service>.log`; rotated parts and the index beside it. */
  log(service: string): string;
  /** `<state>/<checkout>/supervisor.json`: its identity, protocol, token (0600). One a checkout. */
  supervisor: string;
  /** `<runtime>/<hash of the checkout>.sock`; its length is checked. */
  socket: string;
}

/** Variable that every process of ours has, and what it starts inherits: `<checkout>/<project>/<service>/<id>`. */
export const markerVariable = 'DEVSERVICES_PROCESS';
