import { dockerErrors } from '../errors.ts';

/** Certificates for an engine behind TLS, PEM. */
export interface EngineTls {
  ca?: string;
  cert?: string;
  key?: string;
  skipVerify?: boolean;
}

/** Where an engine listens. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string; readonly url: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls?: EngineTls;
      /** As people read it: without user and password. */
      readonly url: string;
    }
  | SshAddress;

/** An engine that is asked through the system's `ssh`. */
export interface SshAddress {
  readonly kind: 'ssh';
  /** As the user's ssh knows it: a name, an address or an alias. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Of ssh, instead of the user's own. */
  readonly configFile?: string;
  /** Of the engine's socket there; the docker CLI there knows without. */
  readonly path?: string;
  /** The socket is forwarded by ssh itself, as there is no docker CLI there. */
  readonly isForwarded?: boolean;
  readonly url: string;
}

const notYet: Readonly<Record<string, string>> = {
  'npipe:': 'Run devservices inside WSL 2, where Docker Desktop offers /var/run/docker.sock.',
};

/**
 * Reads an engine's address as DOCKER_HOST writes it; `{ problem }` where it is malformed.
 * Throws DS_DOCKER_ADDRESS_UNSUPPORTED for schemes that are well-formed, but not supported.
 */
export function resolveEngineAddress(
  text: string,
  { way, tls }: { way: string; tls?: EngineTls | undefined },
): EngineAddress | { problem: string } {
  if (text.startsWith('/')) return resolveSocket(text);
  if (text.startsWith('unix://')) return resolveSocket(text.slice('unix://'.length));
  const url = parseUrl(text.includes('://') ? text : `tcp://${text}`);
  if (!url) return { problem: 'is not an address like unix:///path or tcp://host:port' };
  const instead = notYet[url.protocol];
  if (instead !== undefined) {
    const scheme = url.protocol.slice(0, -1);
    throw dockerErrors.create('DS_DOCKER_ADDRESS_UNSUPPORTED', { way, scheme, instead });
  }
  if (url.protocol === 'ssh:') return resolveSsh(url);
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    return { problem: 'is not an address like unix:///path or tcp://host:port' };
  }
  return resolveTcp(url, tls ?? (url.protocol === 'https:' ? {} : undefined));
}

function resolveSocket(path: string): EngineAddress | { problem: string } {
  if (!path.startsWith('/')) return { problem: 'is not an absolute path of a socket' };
  // Longer paths are cut silently on their way into the kernel: another socket would be asked.
  if (Buffer.byteLength(path) > (process.platform === 'darwin' ? 103 : 107)) {
    return { problem: 'is a longer path than a socket may have' };
  }
  return { kind: 'socket', path, url: `unix://${path}` };
}

function resolveTcp(url: URL, tls: EngineTls | undefined): EngineAddress {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // The parser drops a scheme's own default port, so 80 and 443 only ever arrive as an empty one.
  const dropped = url.protocol === 'https:' ? 443 : url.protocol === 'http:' ? 80 : undefined;
  const port = url.port === '' ? (dropped ?? (tls ? 2376 : 2375)) : Number(url.port);
  const shown = `${tls ? 'https' : 'http'}://${url.hostname}:${port}`;
  return { kind: 'tcp', host, port, ...(tls ? { tls } : {}), url: shown };
}

// Names reach ssh, which puts them into its own commands (ProxyCommand) and reads a leading dash as an
// option; the path reaches the shell of the other side.
const plainHost = /^[A-Za-z0-9_.:%][A-Za-z0-9_.:%-]*$/;
const plainUser = /^[\p{L}\p{N}_.][\p{L}\p{N}_.@+\\-]*$/u;
const plainPath = /^\/[\w./@:+,=-]+$/;

function resolveSsh(url: URL): EngineAddress | { problem: string } {
  const host = decode(url.hostname.replace(/^\[|\]$/g, ''));
  const user = decode(url.username);
  const path = url.pathname === '/' ? '' : decode(url.pathname);
  if (url.password !== '') return { problem: 'has a password in it, which ssh does not take' };
  if (!plainHost.test(host)) {
    return { problem: 'names no host that could be given to ssh (it may not begin with a dash)' };
  }
  if (user !== '' && !plainUser.test(user)) {
    return { problem: 'names no user that could be given to ssh (it may not begin with a dash)' };
  }
  if (url.search !== '' || url.hash !== '' || (path !== '' && !plainPath.test(path))) {
    return { problem: 'has more behind the host than the path of a socket' };
  }
  return {
    kind: 'ssh',
    host,
    ...(user === '' ? {} : { user }),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(path === '' ? {} : { path }),
    url: `ssh://${user === '' ? '' : `${user}@`}${url.host}${path}`,
  };
}

/**
 * The machine whose loopback addresses an engine's published ports are on, where it is not this one.
 * A host that ssh reaches is another one even as `localhost`: a virtual machine's forwarded port.
 */
export function remoteHostOf(address: EngineAddress): string | undefined {
  if (address.kind === 'ssh') return address.host;
  if (address.kind === 'socket') return undefined;
  const isHere = address.host === 'localhost' || /^(?:127\.|::1$)/.test(address.host);
  return isHere ? undefined : address.host;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
