import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineAddress, EngineTls } from '../engine/engine-address.ts';

export interface CliEnvironment {
  env: Readonly<Record<string, string>>;
  /** Removes what was written for the command line to read. */
  close(): Promise<void>;
}

const ofAnEngine = ['DOCKER_CONTEXT', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'];

/**
 * The environment in which the docker command line asks the same engine as we do. Docker's own
 * configuration is left to it as it is, for credentials and proxies; certificates are handed over in
 * a folder that only this user can read.
 */
export async function openCliEnvironment(
  address: EngineAddress,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CliEnvironment> {
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !ofAnEngine.includes(entry[0]),
  );
  const tls = address.kind === 'tcp' ? address.tls : undefined;
  const folder = tls && (await writeCertificates(tls));
  return {
    env: {
      // A builder that was made for another engine would build there; who names one means it.
      BUILDX_BUILDER: 'default',
      // With these a result would differ each time, and its container would be made anew.
      BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
      ...Object.fromEntries(inherited),
      DOCKER_HOST: hostOf(address),
      ...(tls && { [tls.skipVerify ? 'DOCKER_TLS' : 'DOCKER_TLS_VERIFY']: '1' }),
      ...(folder === undefined ? {} : { DOCKER_CERT_PATH: folder }),
    },
    async close() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
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

async function writeCertificates({ ca, cert, key }: EngineTls): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devservices-'));
  const parts = Object.entries({ ca, cert, key }).map(async ([name, text]) => {
    if (text !== undefined) await writeFile(join(folder, `${name}.pem`), text, { mode: 0o600 });
  });
  await Promise.all(parts);
  return folder;
}
