import type { Engine } from './engine.ts';
import { createTransport } from './transport.ts';

// Long enough for an engine that is only busy.
const patienceMs = 20_000;

/**
 * Whether an engine of this machine is shutting down: it takes no new connections from then on, while
 * those it has go on telling how it ends its containers.
 */
export async function isLeaving(engine: Engine, signal: AbortSignal): Promise<boolean> {
  const address = await engine.connect(signal);
  if (address.kind !== 'socket') return false;
  const transport = createTransport(address, {});
  try {
    await transport.get('/_ping', { signal, timeoutMs: patienceMs });
    return false;
  } catch {
    signal.throwIfAborted();
    return true;
  } finally {
    transport.close();
  }
}
