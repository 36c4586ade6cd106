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
  /** Whose process it says it is: the value of our variable in its environment. */
  readonly marker: string | undefined;
}
