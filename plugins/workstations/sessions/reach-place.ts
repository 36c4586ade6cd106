import type { SshPlace, WaitOptions } from '../contract.ts';
import { connectWorkstation } from '../connect/connect-workstation.ts';
import { startTimeLimit } from '../connect/time-limit.ts';
import { isKeyOf } from '../connect/workstation-key.ts';
import { workstationErrors } from '../errors.ts';
import { probeLogin } from '../ssh/probe-login.ts';
import { createAsking } from './ask-provider.ts';
import { findWorkstation } from './find-workstation.ts';
import type { SessionContext } from './session-context.ts';

type Place = Pick<SshPlace, 'host' | 'configFile'>;

/**
 * Where ssh reaches a workstation that runs; starts none. Where a tunnel is open already, its provider is
 * not asked: each command of a project whose engine it is would wait for that.
 *
 * Throws DS_WORKSTATION_NOT_RUNNING, …_UNKNOWN, and as `connectWorkstation`.
 */
export async function reachPlace(
  context: SessionContext,
  name: string,
  { signal, timeoutMs = context.options.timeout }: WaitOptions,
): Promise<Place> {
  const { scope, clock, log, options } = context;
  const open = findOpen(context, name);
  if (open && (await letsIn(context, open, signal))) return open;
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

const sshPort = 22;

// Of several nobody knows which one is meant.
function findOpen(
  { tunnels, ssh, provider, scope }: SessionContext,
  name: string,
): Place | undefined {
  const wanted = { provider: provider.name, scope, name };
  const [first, ...others] = tunnels
    .list()
    .filter((record) => record.remotePort === sshPort && isKeyOf(record.workstation, wanted))
    .filter((record) => tunnels.report(record).state === 'open');
  return first && others.length === 0 ? ssh.find(first.workstation) : undefined;
}

const loginMs = 15_000;

async function letsIn(
  { $, clock }: SessionContext,
  place: Place,
  signal: AbortSignal,
): Promise<boolean> {
  const probe = { $, place, command: ['true'], signal, timeoutMs: loginMs, clock };
  return (await probeLogin(probe)).isReady;
}
