import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { EngineAddress, EngineTls } from '../engine/engine-address.ts';

export interface CliEnvironment {
  env: Readonly<Record<string, string>>;
  /** Removes what was written for the command line to read. */
  close(): Promise<void>;
}

const ofAnEngine = ['DOCKER_CONTEXT', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'];

/**
 * The environment in which the docker command line asks the same engine as we do. Docker's own
 * configuration is left to it as it is, for credentials and proxies; certificates, and an `ssh` that
 * reads another configuration, are handed over in a folder that only this user can read.
 */
export async function openCliEnvironment(
  address: EngineAddress,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CliEnvironment> {
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !ofAnEngine.includes(entry[0]),
  );
  const handed = await handOver(address, env);
  return {
    env: {
      // A builder that was made for another engine would build there; who names one means it.
      BUILDX_BUILDER: 'default',
      // With these a result would differ each time, and its container would be made anew.
      BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
      ...Object.fromEntries(inherited),
      DOCKER_HOST: hostOf(address),
      ...handed?.env,
    },
    async close() {
      if (handed) await rm(handed.folder, { recursive: true, force: true });
    },
  };
}

function hostOf(address: EngineAddress): string {
  if (address.kind === 'socket') return address.url;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  if (address.kind === 'tcp') return `tcp://${host}:${address.port}`;
  const { user, port, path = '' } = address;
  const before = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  return `ssh://${before}${host}${port === undefined ? '' : `:${port}`}${path}`;
}

async function handOver(
  address: EngineAddress,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ folder: string; env: Record<string, string> } | undefined> {
  if (address.kind === 'tcp' && address.tls) {
    const folder = await mkdtemp(join(tmpdir(), 'devservices-'));
    await writeCertificates(folder, address.tls);
    const variable = address.tls.skipVerify ? 'DOCKER_TLS' : 'DOCKER_TLS_VERIFY';
    return { folder, env: { [variable]: '1', DOCKER_CERT_PATH: folder } };
  }
  if (address.kind === 'ssh' && address.configFile !== undefined) {
    const folder = await mkdtemp(join(tmpdir(), 'devservices-'));
    await writeFile(join(folder, 'ssh'), sshScript, { mode: 0o700 });
    const path = [folder, env['PATH'] ?? ''].join(delimiter);
    return { folder, env: { PATH: path, DEVSERVICES_SSH_CONFIG: address.configFile } };
  }
  return undefined;
}

// The command line has no word for another configuration of ssh. Its own folder is the PATH's first.
const sshScript = `#!/bin/sh
PATH=\${PATH#*:} exec ssh -F "$DEVSERVICES_SSH_CONFIG" "$@"
`;

async function writeCertificates(folder: string, { ca, cert, key }: EngineTls): Promise<void> {
  const parts = Object.entries({ ca, cert, key }).map(async ([name, text]) => {
    if (text !== undefined) await writeFile(join(folder, `${name}.pem`), text, { mode: 0o600 });
  });
  await Promise.all(parts);
}
