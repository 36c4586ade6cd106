import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import { createTelemetryCheckout } from '../rig/telemetry-checkout.ts';

const engine = await ensureEngine();
const installed = join(import.meta.dirname, '../../node_modules/@spotlightjs/spotlight');

const type = 'application/x-sentry-envelope';
const insideScript = `
printf '{}\\n{"type":"event"}\\n{"message":"from a container"}' > sent
curl -sS --retry 100 --retry-all-errors --retry-delay 1 -o /dev/null -w '%{http_code}\\n' -H 'content-type: ${type}' --data-binary @sent $SENTRY_SPOTLIGHT
exec sleep 1000`;
const besideScript = `
const body = ['{}', '{"type":"event"}', '{"message":"from a process"}'].join('\\n');
const sent = await fetch(process.env.SENTRY_SPOTLIGHT, { method: 'POST', headers: { 'content-type': '${type}' }, body });
console.log(sent.status);
setInterval(() => {}, 1e6);`;

describe.skipIf(engine === null)('Spotlight beside what is instrumented', async () => {
  if (!engine) return;
  const checkout = createTelemetryCheckout(engine);
  afterAll(() => checkout[Symbol.asyncDispose]());
  const link = join(checkout.outside, 'node_modules/@spotlightjs/spotlight');
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(installed, link);
  const [port] = await freePorts(1);

  test('is sent what a container and a process send, by addresses that lead there', async () => {
    checkout.configure({
      sentry: '{ spotlight: true }',
      services: `{
        spotlight: { ports: { http: ${port} } },
        inside: {
          run: container({
            image: '${engine.images.tools}',
            command: ['sh', '-c', ${JSON.stringify(insideScript)}],
            stopSignal: 'SIGKILL',
          }),
          ready: ready.log('200'),
          instrument: true,
        },
        beside: {
          run: hostProcess({ command: ['node', '--input-type=module', '-e', ${JSON.stringify(besideScript)}] }),
          ready: ready.log('200'),
          dependsOn: { spotlight: 'ready' },
          instrument: true,
        },
      }`,
    });
    const made = await checkout.task('up', ['--json']);
    expect(made.finished.errors).toEqual([]);
    const answer = await fetch(`http://127.0.0.1:${port}/stream`, {
      headers: { accept: 'text/event-stream' },
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let shown = '';
    while (!shown.includes('from a container') || !shown.includes('from a process')) {
      const next = await reader?.read();
      if (!next || next.done) throw new Error(`It ended: ${shown}`);
      shown += next.value;
    }
    await reader?.cancel();
    const again = await checkout.task('up', ['--json']);
    const actions = Object.values(again.finished.services).map(({ action }) => action);
    expect(actions).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });
});
