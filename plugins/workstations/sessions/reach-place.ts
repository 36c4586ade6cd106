import type { SshPlace, WaitOptions } from '../contract.ts';
import { connectWorkstation } from '../connect/connect-workstation.ts';
import { startTimeLimit } from '../connect/time-limit.ts';
import { workstationErrors } from '../errors.ts';
import { createAsking } from './ask-provider.ts';
import { findWorkstation } from './find-workstation.ts';
import type { SessionContext } from './session-context.ts';

/** Where ssh reaches a workstation that runs; starts none. Throws DS_WORKSTATION_NOT_RUNNING, …_UNKNOWN. */
export async function reachPlace(
  context: SessionContext,
  name: string,
  { signal, timeoutMs = context.options.timeout }: WaitOptions,
): Promise<SshPlace> {
  const { scope, clock, log, options } = context;
  const limit = startTimeLimit(clock, timeoutMs);
  const ask = createAsking(context);
  const workstation = await findWorkstation({ ask, scope, name, signal });
  const { state } = workstation;
  if (state !== 'running') {
    throw workstationErrors.create('DS_WORKSTATION_NOT_RUNNING', { name, state });
  }
  const { ssh } = await connectWorkstation({
    ...context,
    workstation,
    readyCommand: options.ready.command,
    limit,
    say: (text) => log.info(text),
    signal,
  });
  return ssh;
}
