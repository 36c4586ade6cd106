import { buffer } from 'node:stream/consumers';
import { type Container, askEngine } from './ask-engine.ts';

export interface PathStat {
  name: string;
  size: number;
  mtime: string;
}

/** Of a file or folder in a container, running or not; undefined where there is none. */
export async function statPath(
  container: Container,
  path: string,
  signal: AbortSignal,
): Promise<PathStat | undefined> {
  const asked = { doing: `look for ${path} in a workstation`, signal, unless: [404] };
  const answer = (await askEngine(asked, () =>
    container.infoArchive({ path, abortSignal: signal }),
  )) as (NodeJS.ReadableStream & { headers: Record<string, string | undefined> }) | undefined;
  if (!answer) return undefined;
  answer.resume();
  const stat = Buffer.from(answer.headers['x-docker-container-path-stat'] ?? '', 'base64');
  return JSON.parse(stat.toString() || '{}') as PathStat;
}

/** The text of a small file; undefined where there is none. */
export async function readText(
  container: Container,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const asked = { doing: `read ${path} of a workstation`, signal, unless: [404] };
  const archive = await askEngine(asked, async () =>
    buffer(await container.getArchive({ path, abortSignal: signal })),
  );
  if (!archive) return undefined;
  // One file: a header of 512 bytes with its size in octal digits, then its text.
  const size = Number.parseInt(archive.toString('latin1', 124, 135), 8) || 0;
  return archive.subarray(512, 512 + size).toString();
}
