import { join } from 'node:path';

import { runOrThrow } from './engine/run-command.ts';
import { say } from './engine/say.ts';
import { unpackTrixie } from './engine/trixie-packages.ts';

/**
 * Path of a `docker-compose` 2 binary, to be called as such or set as the CLI's plugin: the one of
 * Debian 13's package, unpacked in a cache and not installed. Null, with the reason on stderr, where
 * it can not be had.
 */
export async function composeBinary(): Promise<string | null> {
  try {
    const folder = await unpackTrixie({ name: 'compose', packages: ['docker-compose'] });
    const binary = join(folder, 'usr/libexec/docker/cli-plugins/docker-compose');
    await runOrThrow(binary, ['version']);
    return binary;
  } catch (error) {
    say(`no docker compose to compare with: ${String(error)}`);
    return null;
  }
}
