import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import { createIngest, type ReceivedEnvelope } from '../rig/ingest-server.ts';
import { createTelemetryCheckout, type Transaction } from '../rig/telemetry-checkout.ts';

const engine = await ensureEngine();
const rig = join(import.meta.dirname, '../rig');
const commit = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

// Sends the trace that it was started with to where its DSN leads, as no SDK would.
const insideScript = `
rest=\${SENTRY_DSN#*@}
printf '{}\\n{"type":"event"}\\n{"message":"%s"}' "\${SENTRY_TRACE:-none}" |
  curl -sS -o /dev/null -w '%{http_code}\\n' --data-binary @- "http://\${rest%/*}/api/\${rest##*/}/envelope/"
exec sleep 1000`;

describe.skipIf(engine === null)('a container and a process that are instrumented', async () => {
  if (!engine) return;
  const checkout = createTelemetryCheckout(engine);
  const ingest = await createIngest();
  const [relay, api] = await freePorts(2);
  afterAll(async () => {
    await checkout[Symbol.asyncDispose]();
    await ingest.close();
  });

  const configure = (environment = 'development') =>
    checkout.configure({
      sentry: `{ dsn: '${ingest.dsn}', environment: '${environment}', flushTimeout: '10s' }`,
      services: `{
        relay: {
          run: hostProcess({ command: 'node relay.mjs', environment: { TO: 'http://127.0.0.1:${ingest.port}' } }),
          ports: { http: ${relay} },
        },
        api: {
          run: hostProcess({ command: 'node app.mjs' }),
          ports: { http: ${api} },
          instrument: true,
        },
        web: {
          run: container({
            image: '${engine.images.tools}',
            command: ['sh', '-c', ${JSON.stringify(insideScript)}],
            stopSignal: 'SIGKILL',
          }),
          ready: ready.log('200'),
          // That it is ready means that it was reached.
          dependsOn: { relay: 'ready' },
          instrument: { dsn: 'http://inside@{address.relay.http}/7', otlp: 'http://localhost:4318' },
        },
      }`,
    });
  const up = async (...args: string[]) => {
    const made = await checkout.task('up', ['--json', ...args]);
    expect({ errors: made.finished.errors, stderr: made.stderr }).toEqual({
      errors: [],
      stderr: '',
    });
    const services = Object.entries(made.finished.services);
    return Object.fromEntries(services.map(([name, { action }]) => [name, action]));
  };
  const transactions = (envelopes: readonly ReceivedEnvelope[], name: string): Transaction[] =>
    envelopes
      .flatMap(({ items }) => items)
      .flatMap(([{ type }, payload]) => (type === 'transaction' ? [payload as Transaction] : []))
      .filter(({ transaction }) => transaction === name);
  const own = async (): Promise<Record<string, string>> =>
    (await fetch(`http://127.0.0.1:${api}/`)).json() as Promise<Record<string, string>>;
  const inside = async (): Promise<Record<string, string>> => {
    const { web = '' } = await checkout.containers();
    const { Config } = await checkout.docker.getContainer(web).inspect();
    const lines = (Config.Env ?? []).filter((line) => /^(SENTRY|OTEL)_/.test(line));
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  };
  const unchanged = { relay: 'unchanged', api: 'unchanged', web: 'unchanged' };

  beforeAll(() => {
    const [app, forwarding] = ['traced-app.mjs', 'forwarding-relay.mjs'].map((name) =>
      readFileSync(join(rig, name), 'utf8'),
    );
    checkout.write({ 'app.mjs': app ?? '', 'relay.mjs': forwarding ?? '', '.git/HEAD': commit });
    configure();
  });

  test('send what is a part of the up, to addresses that lead there', async () => {
    expect(await up()).toEqual({ relay: 'created', api: 'created', web: 'created' });
    await ingest.waitFor((all) => transactions(all, 'devservices up').length === 1);
    const [task] = transactions(ingest.envelopes(), 'devservices up');
    const [boot] = transactions(ingest.envelopes(), 'boot');
    const spanOf = (service: string) =>
      task?.spans.find(({ op, description }) => op === 'service' && description === service)
        ?.span_id;
    const { trace_id: traceId } = task?.contexts.trace ?? {};
    expect(boot?.contexts.trace).toMatchObject({
      trace_id: traceId,
      parent_span_id: spanOf('api'),
    });
    // By way of the relay, which nobody on the container's network sees.
    const [sent] = ingest.envelopes().filter(({ url }) => url === '/api/7/envelope/');
    expect(sent?.items).toMatchObject([
      [{ type: 'event' }, { message: `${traceId}-${spanOf('web')}-1` }],
    ]);
    const common = { SENTRY_ENVIRONMENT: 'development', SENTRY_RELEASE: commit };
    expect(await own()).toEqual({
      ...common,
      SENTRY_DSN: ingest.dsn,
      SENTRY_TRACE: `${traceId}-${spanOf('api')}-1`,
      SENTRY_BAGGAGE: expect.stringContaining(`sentry-trace_id=${traceId}`) as string,
    });
    expect(await inside()).toMatchObject({
      ...common,
      SENTRY_DSN: expect.stringMatching(/^http:\/\/inside@[\w.]+:\d+\/7$/) as string,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://host.docker.internal:4318',
      SENTRY_TRACE: `${traceId}-${spanOf('web')}-1`,
    });
  });

  test('stay as they are when another up has another trace, and when nothing is sent', async () => {
    const before = [await own(), await inside(), await checkout.containers()];
    expect(await up()).toEqual(unchanged);
    await ingest.waitFor((all) => transactions(all, 'devservices up').length === 2);
    const [first, second] = transactions(ingest.envelopes(), 'devservices up').map(
      ({ contexts }) => contexts.trace.trace_id,
    );
    expect(first).not.toBe(second);
    expect(await up('--no-telemetry')).toEqual(unchanged);
    expect(await checkout.task('up', ['--json'], { env: { DO_NOT_TRACK: '1' } })).toMatchObject({
      exitCode: 0,
    });
    expect([await own(), await inside(), await checkout.containers()]).toEqual(before);
    expect(transactions(ingest.envelopes(), 'devservices up')).toHaveLength(2);
  });

  test('learn where to send, and of no trace, where nothing is sent', async () => {
    const stable = { SENTRY_ENVIRONMENT: 'development', SENTRY_RELEASE: commit };
    expect(await up('--recreate', '--no-telemetry')).toMatchObject({
      api: 'recreated',
      web: 'recreated',
    });
    expect(await own()).toEqual({ ...stable, SENTRY_DSN: ingest.dsn });
    expect(Object.keys(await inside()).toSorted()).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'SENTRY_DSN',
      'SENTRY_ENVIRONMENT',
      'SENTRY_RELEASE',
    ]);
    expect(await up()).toEqual(unchanged);
  });

  test('are made anew by another commit no more than by another trace, and by another setting they are', async () => {
    checkout.write({ '.git/HEAD': commit.replaceAll('c', 'd') });
    expect(await up()).toEqual(unchanged);
    configure('staging');
    const made = await checkout.task('up', ['--json']);
    expect(made.finished.services).toMatchObject({
      relay: { action: 'unchanged' },
      api: {
        action: 'recreated',
        reason: { text: expect.stringContaining('SENTRY_ENVIRONMENT') as string },
      },
      web: { action: 'recreated' },
    });
    expect(await own()).toMatchObject({
      SENTRY_ENVIRONMENT: 'staging',
      SENTRY_RELEASE: commit.replaceAll('c', 'd'),
    });
  });
});
