import type { ImageProgress } from 'devservices/runner';
import type { Surroundings } from '../engine/docker-config.ts';
import type { Engine } from '../engine/engine.ts';

/** One pull. */
export interface PullOptions extends Surroundings {
  engine: Engine;
  image: string;
  platform: string | undefined;
  signal: AbortSignal;
  onProgress: (progress: ImageProgress) => void;
  /** Pause before the second try; it doubles. */
  retryAfterMs: number;
  /** After how long without a sign of the engine that is said. Default a minute. */
  stallMs?: number | undefined;
  /** Says what people should know though it stops nothing. */
  warn?: ((text: string) => void) | undefined;
}
