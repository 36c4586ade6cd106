import type { Clock } from 'devservices/machine';
import type { FailedCall } from './api-error.ts';

/** Where `readStream` gets its events from. */
export interface StreamSource {
  /** `GET /events`, for messages. */
  readonly key: string;
  /** For an ApiError: `failedCall(error, failed)`. */
  readonly failed: Pick<FailedCall, 'method' | 'path'>;
  /**
   * Opens the stream behind that id: a response of 2xx whose body is text/event-stream. Throws an ApiError
   * for any other answer, one of status 0 where nothing answered, and the signal's reason.
   */
  open(lastEventId: string | undefined, signal: AbortSignal): Promise<Response>;
  /** Where to begin. */
  readonly lastEventId: string | undefined;
  /** Ends it: whoever reads gets its reason. */
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}
