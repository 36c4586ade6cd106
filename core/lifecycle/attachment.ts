import { constants } from 'node:os';
import type { Foreground } from '../command-foreground.ts';
import type { UpOptions, UpTaps } from './up.ts';

export interface AttachRequest extends Pick<UpOptions, 'waitTimeoutMs'> {
  service: string;
  /** Of one that runs already: the last lines to begin with. Default: those of the last 20 s. */
  tail?: number;
  foreground: Pick<Foreground, 'take' | 'run'>;
}

export type Attachment = AttachRequest & UpTaps;

/** What shells say of a command that lost its reader. */
export const unreadStatus = 128 + constants.signals.SIGPIPE;
