import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Foreground, ForegroundStreams } from '../../../core/command-foreground.ts';
import type { Config } from '../../../core/config/config.ts';
import { serviceErrors } from '../../../core/errors/catalogue/service.ts';
import type { Attached, Instance } from '../../../core/run/runner.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, image, messages } from '../../rig/kernel.ts';

const config: Config = {
  services: {
    db: { run: image() },
    api: { run: image(), dependsOn: ['db'], ports: { http: 41_234 }, ready: { kind: 'none' } },
  },
};

/** A host whose runner runs what is attached on the caller's streams, and ends with what it is told. */
function open() {
  const host = createTestHost({ config });
  const { runner } = host;
  const given: (readonly string[])[] = [];
  let end: (status: number) => void = () => {};
  const foreground: Pick<Foreground, 'take' | 'run'> = {
    take: () => ({ stdout: new PassThrough(), release: () => {} }) as unknown as ForegroundStreams,
    run(command, { onStart } = {}) {
      given.push(command);
      onStart?.(4711);
      return new Promise((resolve) => (end = resolve));
    },
  };
  const runAttached: typeof runner.runAttached = async (target, instance, { run, signal }) => {
    let started: Instance | undefined;
    const status = run(['serve'], { cwd: '/', env: {}, onStart: () => {} });
    started = await runner.start(target, instance, signal);
    const ended: Attached['ended'] = status.then((code) => {
      runner.exit('api', code);
      return code;
    });
    return { instance: started, ended };
  };
  Object.assign(runner, { runAttached });
  return { host, foreground, given, end: (status: number) => end(status) };
}

const done = ({ runner }: TestHost) =>
  runner.calls.filter((call) => /^(start|stop|remove) /.test(call));

/** Resolves when the service is ready. */
const isReady = ({ host }: TestHost, service: string) =>
  new Promise<void>((resolve) => {
    host.events.subscribe((event) => {
      if (event.event === 'service-state' && event.service === service && event.state === 'ready')
        resolve();
    });
  });

test('what it needs comes first and stays; it has the caller’s streams; its status is the end', async () => {
  const { host, foreground, given, end } = open();
  await using _ = host;
  const ready = isReady(host, 'api');
  const ended = host.host.attach({ service: 'api', foreground });
  await ready;
  expect(given).toEqual([['serve']]);
  end(7);
  expect(await ended).toBe(7);
  expect(done(host)).toEqual(['start db', 'start api', 'remove api']);
  expect([...host.runner.instances.keys()]).toEqual(['db']);
  expect(messages(host)).toEqual([]);
});

test('one that runs already is followed, and how to have its terminal is said', async () => {
  const { host, foreground, given } = open();
  await using _ = host;
  await host.up();
  await host.host.close();
  const again = host.again();
  const ended = again.host.attach({ service: 'api', foreground, tail: 0 });
  await new Promise<void>((resolve) => {
    again.host.events.subscribe((event) => {
      if (event.event === 'message' && event.text.includes('runs already')) resolve();
    });
  });
  expect(messages(again).at(-1)).toContain('stop it first: `devservices down api`');
  host.runner.exit('api', 3);
  expect(await ended).toBe(3);
  expect(given).toEqual([]);
  await again.host.close();
});

test('one that cannot be started is told as that, and leaves nothing', async () => {
  const { host, foreground } = open();
  await using _ = host;
  const error = serviceErrors.create('DS_SERVICE_NOT_STARTED', { service: 'api', reason: 'no' });
  Object.assign(host.runner, { runAttached: () => Promise.reject(error) });
  expect(await codesOf(host.host.attach({ service: 'api', foreground }))).toEqual([error.code]);
  expect([...host.runner.instances.keys()]).toEqual(['db']);
});

test('who was started again by somebody else since is left alone', async () => {
  const { host, foreground, end } = open();
  await using _ = host;
  const ready = isReady(host, 'api');
  const ended = host.host.attach({ service: 'api', foreground });
  await ready;
  const { runner } = host;
  const exit = runner.exit.bind(runner);
  Object.assign(runner, {
    exit(service: string, code: number) {
      exit(service, code);
      runner.change(service, { status: 'running', generation: 'another' });
    },
  });
  end(143);
  expect(await ended).toBe(143);
  expect(runner.instances.get('api')).toMatchObject({ generation: 'another' });
});
