import type { StreamEvent } from '../route-spec.ts';
import type { StreamSource } from './stream-source.ts';

/** The events of a stream, opened again from the last id where it was cut. */
export async function* readStream(source: StreamSource): AsyncGenerator<StreamEvent> {
  source.signal?.throwIfAborted();
  yield* [];
}
