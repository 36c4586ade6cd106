import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';

// Podman leaves it to systemd's timers to run healthchecks. Where there is no systemd this does, for
// the service whose socket is the first argument, and ends with it.
const [, , socketPath = ''] = process.argv;
const nsInMs = 1e6;

const filters = encodeURIComponent(JSON.stringify({ type: ['container'], event: ['start'] }));
const events = await ask(`/v5.0.0/libpod/events?stream=true&filters=${filters}`);
for await (const line of createInterface({ input: events })) {
  const { Actor } = JSON.parse(line) as { Actor?: { ID?: string } };
  if (Actor?.ID) void follow(Actor.ID).catch(() => {});
}

async function follow(id: string): Promise<void> {
  const found = (await read(await ask(`/v5.0.0/libpod/containers/${id}/json`))) as {
    Config?: { Healthcheck?: { Test?: string[]; Interval?: number } };
  };
  const { Test: test, Interval: interval = 0 } = found.Config?.Healthcheck ?? {};
  if (!test || test[0] === 'NONE' || interval <= 0) return;
  for (;;) {
    const answer = await ask(`/v5.0.0/libpod/containers/${id}/healthcheck`);
    await read(answer);
    // It does not run any more; its next start begins anew.
    if (answer.statusCode !== 200) return;
    await sleep(interval / nsInMs);
  }
}

function ask(path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, agent: false }, resolve).once('error', reject).end();
  });
}

async function read(answer: IncomingMessage): Promise<unknown> {
  const text = Buffer.concat(await Readable.from(answer).toArray()).toString();
  return JSON.parse(text) as unknown;
}
