import type { DevServicesError } from '../errors/error.ts';

/** What a runner reports of its instances, as it happens. */
export type RunnerEvent =
  | {
      type: 'exited';
      service: string;
      id: string;
      /** Absent where nobody of us saw how it ended. */
      exitCode?: number;
      willRestart: boolean;
      /** By the runner's own clock, milliseconds since the epoch, where it tells. */
      at?: number;
      /** It ended because somebody removes it. */
      isRemoval?: boolean;
    }
  | { type: 'health'; service: string; id: string; health: 'healthy' | 'unhealthy' | 'starting' }
  | { type: 'started'; service: string; id: string }
  | { type: 'removed'; service: string; id: string }
  /** The runner lost sight (engine gone) or has it again: what was known must be observed anew. */
  | { type: 'lost'; error: DevServicesError }
  | { type: 'regained' };
