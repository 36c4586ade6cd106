import type { ProcessIdentity } from 'devservices/machine';

/** One process of this machine. */
export interface ProcessRow {
  readonly identity: ProcessIdentity;
  readonly parent: number;
  readonly group: number;
  /** It has ended, and only its exit code is left. */
  readonly isZombie: boolean;
  /** Milliseconds since the epoch, to the second, where the system has no finer way to tell who it is. */
  readonly beganAt?: number;
  /** CPU time of it and, where the system tells, of those of its children that have ended. */
  readonly cpuMs: number;
  /** Memory, files' pages with it, where the table tells. */
  readonly residentBytes?: number;
  /** Whose process it says it is: the value of our variable in its environment. */
  readonly marker: string | undefined;
}
