import { type Clock, isDevServicesError, orAborted } from 'devservices/machine';
import type { CommandShell } from 'devservices/runner';
import type { Connection, Login, Workstation, WorkstationProvider } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import { probeLogin } from '../ssh/probe-login.ts';
import type { SshFolder } from '../ssh/ssh-folder.ts';
import type { TunnelRegister } from '../tunnels/open-tunnels.ts';
import type { TimeLimit } from './time-limit.ts';
import { workstationKey } from './workstation-key.ts';

export interface LoginRequest {
  provider: Pick<WorkstationProvider, 'look' | 'login' | 'tunnel'>;
  /** As it runs. */
  workstation: Workstation;
  tunnels: Pick<TunnelRegister, 'list' | 'report' | 'ensure' | 'end'>;
  ssh: Pick<SshFolder, 'place' | 'withdraw' | 'forgetHostKeys'>;
  $: CommandShell;
  /** Ends with 0 there once it is ready for work. */
  readyCommand: readonly string[];
  limit: TimeLimit;
  clock: Clock;
  signal: AbortSignal;
  /** Gets the id of the tunnel, where it is a new one. */
  made: string[];
}

// As long as a busy machine may take to let somebody in.
const loginMs = 15_000;

/** One try: a tunnel, also where the last one died, and a login by it. Throws DS_WORKSTATION_LOGIN. */
export async function tryLogin(
  request: LoginRequest,
): Promise<{ connection: Connection } | { reason: string }> {
  const { provider, workstation, $, readyCommand: command, clock, signal } = request;
  const login = await orAborted(provider.login(workstation, signal), signal);
  const opened = await unlessSilent(open(request, login));
  if ('reason' in opened) return opened;
  const { connection } = opened;
  const { ssh: place } = connection;
  const timeoutMs = loginMs;
  const probe = await probeLogin({ $, place, command, signal, timeoutMs, clock });
  if (probe.isReady) return { connection };
  const { reason, isFinal } = probe;
  if (!isFinal) return { reason };
  const facts = { name: workstation.name, reason, command: place.command };
  throw workstationErrors.create('DS_WORKSTATION_LOGIN', facts);
}

// Nothing answers through it yet: it may have stopped, which a look in between tells.
async function unlessSilent(
  work: Promise<Connection>,
): Promise<{ connection: Connection } | { reason: string }> {
  try {
    return { connection: await work };
  } catch (thrown) {
    const isSilent = isDevServicesError(thrown) && thrown.facts['mayPass'] === true;
    if (isSilent) return { reason: String(thrown.facts['reason']) };
    throw thrown;
  }
}

const sshPort = 22;

// For one tunnel, until another one is tried.
const tunnelMs = 60_000;

async function open(request: LoginRequest, login: Login): Promise<Connection> {
  const { provider, workstation, tunnels, ssh, limit, signal, made } = request;
  const key = workstationKey(workstation);
  const { name } = workstation;
  const { report: tunnel, isNew } = await tunnels.ensure({
    provider: workstation.provider,
    workstation: key,
    name,
    remotePort: sshPort,
    program: () => orAborted(provider.tunnel(workstation, sshPort, signal), signal),
    signal,
    // The limit of all comes first, where it is nearer.
    timeoutMs: Math.min(limit.leftMs + 1000, tunnelMs),
  });
  if (isNew) {
    made.push(tunnel.id);
    // Whoever answers at its end may be another.
    if (!login.hostKeys) ssh.forgetHostKeys(key);
  }
  const isLiving = (other: string): boolean => {
    const records = tunnels.list().filter((record) => record.workstation === other);
    return records.some((record) => tunnels.report(record).state === 'open');
  };
  const place = await ssh.place({ workstation: key, name, login, port: tunnel.port, isLiving });
  return { workstation, tunnel, ssh: place };
}
