import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from './docker-config.ts';
import type { EngineTls } from './engine-address.ts';

/** The engine that a docker context stands for, or why it stands for none. */
export type FoundContext = { host: string; tls?: EngineTls } | { problem: string };

/** Reads `contexts/meta/<sha256 of the name>/meta.json` and its certificates; throws nothing. */
export async function loadDockerContext(folder: string, name: string): Promise<FoundContext> {
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(folder, 'contexts', 'meta', id, 'meta.json');
  let meta: unknown;
  try {
    meta = JSON.parse(await readFile(path, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return { problem: `${path} is not JSON` };
    const { code } = thrown as NodeJS.ErrnoException;
    return { problem: code === 'ENOENT' ? 'there is no such context' : `${path}: ${code}` };
  }
  const endpoint = findEndpoint(meta);
  if (!endpoint) return { problem: `${path} names no docker engine` };
  const tls = await loadTls(join(folder, 'contexts', 'tls', id, 'docker'), endpoint.skipVerify);
  return { host: endpoint.host, ...(tls ? { tls } : {}) };
}

/** Reads ca.pem, cert.pem and key.pem of a folder, those of them that there are. */
export async function loadTls(folder: string, skipVerify: boolean): Promise<EngineTls | undefined> {
  const names = await readdir(folder).catch((): string[] => []);
  const read = async (name: string) =>
    names.includes(`${name}.pem`)
      ? { [name]: await readFile(join(folder, `${name}.pem`), 'utf8').catch(() => '') }
      : {};
  const found = await Promise.all(['ca', 'cert', 'key'].map(read));
  const tls: EngineTls = Object.assign({}, ...found);
  if (Object.keys(tls).length === 0 && !skipVerify) return undefined;
  return { ...tls, ...(skipVerify ? { skipVerify } : {}) };
}

function findEndpoint(meta: unknown): { host: string; skipVerify: boolean } | undefined {
  const endpoints = isRecord(meta) ? meta['Endpoints'] : undefined;
  const docker = isRecord(endpoints) ? endpoints['docker'] : undefined;
  if (!isRecord(docker) || typeof docker['Host'] !== 'string' || docker['Host'] === '') {
    return undefined;
  }
  return { host: docker['Host'], skipVerify: docker['SkipTLSVerify'] === true };
}
