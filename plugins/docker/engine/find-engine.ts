import { isDevServicesError } from 'devservices';
import { dockerErrors } from '../errors.ts';
import type { EngineAttempt } from '../errors.ts';
import { resolveEngineAddress } from './engine-address.ts';
import type { EngineAddress } from './engine-address.ts';
import { strategies } from './engine-leads.ts';
import type { Lead, LeadOptions } from './engine-leads.ts';
import { pingEngine } from './read-api.ts';
import { canForwardSockets } from './ssh/can-forward-sockets.ts';
import { isSshFailure } from './ssh/open-ssh.ts';
import { createTransport } from './transport.ts';
import type { Transport } from './transport.ts';
import { resolveWorkstation, workstationNamed } from './workstation-address.ts';
import type { ReachWorkstation } from './workstation-address.ts';

/** An engine that answered. */
export interface FoundEngine {
  /** The way that led there, as people read it. */
  way: string;
  address: EngineAddress;
  apiVersion: string;
  isPodman: boolean;
  transport: Transport;
}

export interface FindOptions extends LeadOptions {
  signal: AbortSignal;
  /** How long one engine may take to answer; default 10 s if it was chosen, by ssh 30 s, else 3 s. */
  pingTimeoutMs?: number | undefined;
  /** For `workstation://NAME`; without it there are none. */
  reachWorkstation?: ReachWorkstation | undefined;
}

/**
 * Finds the engine to use: option, DOCKER_HOST, docker context, known sockets. What was chosen and
 * does not answer is an error, never passed over for another engine. Throws DS_DOCKER_UNREACHABLE
 * with every way tried, DS_DOCKER_TOO_OLD or DS_DOCKER_ADDRESS_UNSUPPORTED.
 */
export async function findEngine(options: FindOptions): Promise<FoundEngine> {
  const tried: EngineAttempt[] = [];
  for (const strategy of strategies) {
    const leads = await strategy(options);
    for (const lead of leads) {
      const outcome = await follow(lead, options);
      if ('transport' in outcome) return outcome;
      tried.push(outcome);
    }
    if (leads.some((lead) => lead.isChosen)) break;
  }
  const isWsl = options.env['WSL_DISTRO_NAME'] !== undefined;
  throw dockerErrors.create('DS_DOCKER_UNREACHABLE', { tried, ...(isWsl ? { isWsl } : {}) });
}

type AskOptions = Pick<FindOptions, 'env' | 'signal' | 'pingTimeoutMs' | 'reachWorkstation'>;

/** Asks for a sign of life where a lead leads; throws what is no reason to try another. */
export async function follow(
  lead: Lead,
  options: AskOptions,
): Promise<FoundEngine | EngineAttempt> {
  const { way } = lead;
  if (lead.address === undefined) return { way, reason: lead.problem ?? 'it leads nowhere' };
  const address = await resolveAddress(lead.address, lead, options);
  if ('problem' in address) return { way, reason: address.problem };
  try {
    return await ask(lead, address, options);
  } catch (thrown) {
    if (options.signal.aborted || isDevServicesError(thrown)) throw thrown;
    return { way, reason: explain(thrown as NodeJS.ErrnoException, address) };
  }
}

async function resolveAddress(
  text: string,
  { way, tls }: Lead,
  { reachWorkstation, signal }: AskOptions,
): Promise<EngineAddress | { problem: string }> {
  const name = workstationNamed(text);
  if (name === undefined || !reachWorkstation) return resolveEngineAddress(text, { way, tls });
  return resolveWorkstation(name, { reach: reachWorkstation, signal });
}

async function ask(
  lead: Lead,
  address: EngineAddress,
  options: AskOptions & { withoutCli?: string },
): Promise<FoundEngine> {
  const { way, isChosen } = lead;
  const { env, signal, withoutCli } = options;
  const transport = createTransport(address, env);
  const patienceMs = address.kind === 'ssh' ? 30_000 : isChosen ? 10_000 : 3000;
  const timeoutMs = options.pingTimeoutMs ?? patienceMs;
  try {
    const answer = await pingEngine(transport, { way, signal, timeoutMs });
    return { way, address, transport, ...answer };
  } catch (thrown) {
    transport.close();
    if (address.kind !== 'ssh' || !isSshFailure(thrown)) throw thrown;
    if (withoutCli !== undefined) {
      const text = `${withoutCli}, and ssh could not forward the socket (${thrown.message})`;
      throw new Error(text, { cause: thrown });
    }
    if (thrown.exitCode !== commandNotFound) throw thrown;
    const text = `no docker CLI is on the PATH of a shell there (${thrown.message})`;
    if (await canForwardSockets(env)) {
      return ask(lead, { ...address, isForwarded: true }, { ...options, withoutCli: text });
    }
    throw new Error(`${text}, and only an ssh from OpenSSH 9.4 on could forward the socket`, {
      cause: thrown,
    });
  }
}

// As shells have it.
const commandNotFound = 127;

const explanations: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ENOTSOCK: 'it is not a socket',
  ECONNREFUSED: 'nothing listens there (connection refused)',
  EACCES: 'this user may not use it (permission denied; on Linux, members of the group docker may)',
  EPERM: 'this user may not use it (permission denied)',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host’s name can not be looked up',
  ECONNRESET: 'the connection was cut',
};

// Of OpenSSL's many words for it.
const untrusted =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_.*)$/;

function explain(error: NodeJS.ErrnoException, address: EngineAddress): string {
  const { code = '', message } = error;
  const isSecure = address.kind === 'tcp' && address.tls !== undefined;
  if (untrusted.test(code)) return `its certificate is not trusted here (${message}): see ca.pem`;
  if (/alert (?:certificate required|handshake failure|unknown ca|bad certificate)/.test(message)) {
    return 'it does not take our client certificate, or wants one: see cert.pem and key.pem';
  }
  if (isSecure && code === 'ECONNRESET') {
    return 'the connection was cut, maybe as our client certificate is not taken: see cert.pem and key.pem';
  }
  if (/wrong version number|packet length too long/.test(message)) return 'it does not speak TLS';
  return explanations[code] ?? message;
}
