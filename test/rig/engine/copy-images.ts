import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

import Docker from 'dockerode';

import { finish } from './build-image.ts';
import { findOutdated } from './test-images.ts';
import { say } from './say.ts';

/** Gives an engine the rig's images as another has them, unless it has them already. */
export async function copyTestImages(fromSocket: string, toSocket: string): Promise<void> {
  const to = new Docker({ socketPath: toSocket });
  const outdated = await findOutdated(to);
  if (outdated.length === 0) return;
  say(`copying ${outdated.length} images to unix://${toSocket}`);
  const names = outdated.map(({ tag }) => `names=${encodeURIComponent(tag)}`).join('&');
  const archive = await openArchive(fromSocket, names);
  await finish(to, await to.loadImage(archive, { quiet: 'true' }));
  const missing = await findOutdated(to);
  if (missing.length > 0) {
    throw new Error(`unix://${toSocket} did not take ${missing.map(({ tag }) => tag).join(', ')}.`);
  }
}

/** Several images as one archive, which the client has no method for. */
async function openArchive(socketPath: string, names: string): Promise<IncomingMessage> {
  const asked = request({ socketPath, path: `/images/get?${names}` });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  if (answer.statusCode === 200) return answer;
  throw new Error(`unix://${socketPath} gives no images: HTTP ${answer.statusCode}.`);
}
