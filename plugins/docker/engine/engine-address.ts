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
    };

const notYet: Readonly<Record<string, string>> = {
  'ssh:':
    'Forward the socket yourself, `ssh -N -L /tmp/engine.sock:/var/run/docker.sock HOST`, and give --engine unix:///tmp/engine.sock.',
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

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
