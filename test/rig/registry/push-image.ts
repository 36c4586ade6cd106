import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';

import Docker from 'dockerode';

import { finish } from '../engine/build-image.ts';
import type { TestEngine } from '../engine/ensure-engine.ts';
import { rewritePlatform } from './rewrite-platform.ts';
import { login } from './start-registry.ts';

export interface PushedImage {
  /** `127.0.0.1:PORT/app:1`. */
  name: string;
  /** Bytes of the layer that no other image has, and that do not get smaller by packing. */
  bytes?: number;
  /** What the image says of itself; it is of the engine’s platform all the same. */
  platform?: string;
}

/** The command that keeps a container of such an image running. */
export const sleepCommand = ['/usr/bin/busybox', 'sleep', '1000'] as const;

/**
 * Makes an image of one layer with busybox, all its own, pushes it, and removes it from the engine:
 * whoever wants it has to pull every byte.
 */
export async function pushImage(
  engine: Pick<TestEngine, 'socketPath' | 'images'>,
  { name, bytes = 100_000, platform }: PushedImage,
): Promise<void> {
  const docker = new Docker({ socketPath: engine.socketPath });
  const [repo = '', tag = 'latest'] = name.split(/:(?=[^/:]*$)/);
  const layer = new PassThrough();
  const imported = docker
    .importImage(layer, { repo, tag })
    .then((stream) => finish(docker, stream));
  await Promise.all([imported, writeLayer(docker, { image: engine.images.tools, bytes, layer })]);
  const image = docker.getImage(name);
  await finish(docker, await image.push({ authconfig: { ...login, serveraddress: '' } }));
  await image.remove();
  if (platform !== undefined) await rewritePlatform(name, platform);
}

async function writeLayer(
  docker: Docker,
  { image, bytes, layer }: { image: string; bytes: number; layer: PassThrough },
): Promise<void> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['sh', '-c', script(bytes)],
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    const errors = new PassThrough();
    const output = await container.attach({ stream: true, stdout: true, stderr: true });
    docker.modem.demuxStream(output, layer, errors);
    await container.start();
    const { StatusCode: status } = (await container.wait()) as { StatusCode: number };
    await finished(output);
    layer.end();
    errors.end();
    if (status !== 0) throw new Error(`No layer could be made: ${await text(errors)}`);
  } finally {
    await container.remove({ force: true });
  }
}

// The libraries are found where busybox of this very image looks for them.
const script = (bytes: number): string => `
  head -c ${bytes} /dev/urandom > /tmp/noise &&
  libraries=$(ldd /usr/bin/busybox | grep -o '/[^ ]*') &&
  tar -chf - -C / tmp/noise usr/bin/busybox $(echo "$libraries" | sed 's|^/||')
`;
