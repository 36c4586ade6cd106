import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createIngest } from '../rig/ingest-server.ts';
import { createTelemetryCheckout, type ErrorEvent } from '../rig/telemetry-checkout.ts';

const idle = `hostProcess({ command: ['sleep', '1000'] })`;

/** A plugin that throws in a hook. */
const throwing = (hook: string, text: string) => `definePlugin({
  name: 'outside',
  setup({ hooks }) {
    hooks.${hook}.tap('outside', () => { throw new Error(${JSON.stringify(text)}); });
  },
}),`;

test('what a plugin has done wrong is told once, with its name and nothing of its words', async () => {
  const { checkout, ingest } = await open();
  checkout.configure({
    sentry: `{ dsn: '${ingest.dsn}' }`,
    plugins: throwing('afterHealth', 'the moon is full'),
    services: `{ web: { run: ${idle} } }`,
  });
  const up = await checkout.task('up', ['--json']);
  expect(up).toMatchObject({ exitCode: 4 });
  const { code = '' } = up.finished.errors[0] ?? {};
  await ingest.waitFor(
    () => ingest.items('event').length > 0 && ingest.items('transaction').length > 0,
  );
  const events = ingest.items('event') as ErrorEvent[];
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    tags: { plugin: 'outside', hook: 'afterHealth' },
    fingerprint: [code, 'outside'],
  });
  expect(JSON.stringify(events)).toContain(code);
  expect(JSON.stringify(events)).not.toContain('moon');
});

test('what nobody foresaw is told, however it ended, and says where without a path of this machine', async () => {
  const { checkout, ingest } = await open();
  const late = `setImmediate(() => { throw new Error('the moon is full'); }); await new Promise(() => {});`;
  checkout.configure({
    sentry: `{ dsn: '${ingest.dsn}' }`,
    plugins: `definePlugin({
      name: 'outside',
      setup({ hooks }) { hooks.afterHealth.tap('outside', async () => { ${late} }); },
    }),`,
    services: `{ web: { run: ${idle} } }`,
  });
  expect(await checkout.task('up', ['--json'])).toMatchObject({ exitCode: 70 });
  await ingest.waitFor(() => ingest.items('event').length > 0);
  const events = ingest.items('event') as ErrorEvent[];
  expect(events).toMatchObject([
    { tags: { blame: 'bug' }, fingerprint: ['DS_BUG_UNEXPECTED'], level: 'error' },
  ]);
  const frames = events[0]?.exception?.values[0]?.stacktrace?.frames ?? [];
  expect(frames.map(({ filename }) => filename)).toContain('devservices.config.ts');
  for (const text of ['moon', checkout.root]) expect(JSON.stringify(events)).not.toContain(text);
});

test.each<[who: string, exitCode: number, services: string, args: string[]]>([
  ['who runs it', 2, `{ web: { run: ${idle} } }`, ['wbe']],
  ['the machine', 3, `{ web: { run: container({ image: 'nowhere' }) } }`, []],
  [
    'a service',
    1,
    `{ web: { run: hostProcess({ command: ['false'] }), ready: ready.log('up') } }`,
    [],
  ],
])('of what %s has done wrong no error is told', async (_, exitCode, services, args) => {
  const { checkout, ingest } = await open();
  checkout.configure({ sentry: `{ dsn: '${ingest.dsn}' }`, services });
  expect(await checkout.task('up', ['--json', ...args])).toMatchObject({ exitCode });
  // The trace says how it ended; it comes last.
  await ingest.waitFor(() => ingest.items('transaction').length > 0);
  expect(ingest.items('transaction')).toMatchObject([{ tags: { exit_code: String(exitCode) } }]);
  expect(ingest.items('event')).toEqual([]);
});

test('no secret, command line, message, path or name of somebody is in anything that is sent', async () => {
  const { checkout, ingest } = await open();
  const words = {
    secret: 'hunter2-of-ada',
    argument: 'argument-of-a-command',
    variable: 'value-of-a-variable',
    output: 'what-it-printed',
    thrown: 'words-of-an-error',
    user: 'ada-lovelace-the-user',
  };
  checkout.configure({
    before: `import { secret } from 'devservices';`,
    sentry: `{ dsn: '${ingest.dsn}' }`,
    plugins: throwing('afterHealth', `${words.thrown} at ${checkout.root}/x of ${words.secret}`),
    services: `{
      web: {
        run: hostProcess({
          command: ['sh', '-c', 'echo ${words.output}; exec sleep 1000', '${words.argument}'],
          environment: { TOKEN: secret('${words.secret}'), PLAIN: '${words.variable}' },
        }),
      },
      broken: {
        run: hostProcess({ command: ['sh', '-c', 'echo ${words.output}; exit 3', '${words.argument}'] }), ready: ready.log('never'),
      },
    }`,
  });
  const env = { USER: words.user, LOGNAME: words.user, HOME: join(checkout.outside, words.user) };
  for (const args of [['web'], ['broken'], ['wbe']]) await checkout.task('up', args, { env });
  await ingest.waitFor(
    () => ingest.items('transaction').length === 3 && ingest.items('event').length > 0,
  );
  const all = ingest
    .envelopes()
    .flatMap(({ raw, url, headers }) => [
      raw.toString('utf8'),
      url,
      JSON.stringify({ ...headers, host: '' }),
    ]);
  for (const word of [
    ...Object.values(words),
    checkout.root,
    basename(checkout.root),
    `"${hostname()}"`,
  ]) {
    expect(
      all.filter((text) => text.includes(word)),
      word,
    ).toEqual([]);
  }
  // What is looked through is what was said: names of services and codes are in it.
  expect(all.join()).toContain('broken');
});

async function open() {
  const checkout = createTelemetryCheckout();
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  const ingest = await createIngest();
  onTestFinished(() => ingest.close());
  return { checkout, ingest };
}
