import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { ForegroundStreams } from '../../../core/command-foreground.ts';
import type { Config } from '../../../core/config/config.ts';
import { serviceErrors } from '../../../core/errors/catalogue/service.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, image, messages, saw, thrownBy } from '../../rig/kernel.ts';

const config: Config = {
  services: { db: { run: image() }, relay: { run: image(), dependsOn: ['db'], autoStart: false } },
};

/** A caller with streams of its own, whose signals a test sends. */
function createCaller() {
  let out = '';
  let signal: (name: NodeJS.Signals) => void = () => {};
  let taken: () => void = () => {};
  const isTaken = new Promise<void>((resolve) => (taken = resolve));
  const stdout = Object.assign(new EventEmitter(), {
    write: (text: string) => (out += text).length > 0,
  });
  return {
    isTaken,
    stdout: () => out,
    /** Nobody reads what it writes any more. */
    leave: () => void stdout.emit('error', Object.assign(new Error('write'), { code: 'EPIPE' })),
    signal: (name: NodeJS.Signals) => signal(name),
    foreground: {
      take(onSignal: typeof signal): ForegroundStreams {
        signal = onSignal;
        taken();
        return { stdout, release: () => {} } as unknown as ForegroundStreams;
      },
      run: async (command: readonly string[]) => Number(command[0]),
    },
  };
}

function attach(host: TestHost, service = 'relay') {
  const caller = createCaller();
  const ended = host.host.attach({ service, foreground: caller.foreground });
  ended.catch(() => {});
  return { ...caller, ended };
}

const done = ({ runner }: TestHost, from = 0) =>
  runner.calls.slice(from).filter((call) => /^(start|stop|remove) /.test(call));

test('what it needs comes first and stays; its lines, then its status; it is removed', async () => {
  await using host = createTestHost({ config });
  const attached = attach(host);
  await attached.isTaken;
  host.runner.writeLog('relay', 'hello');
  host.runner.exit('relay', 3);
  expect(await attached.ended).toBe(3);
  expect(attached.stdout()).toBe('hello\n');
  expect(done(host)).toEqual(['start db', 'start relay', 'remove relay']);
  expect([...host.runner.instances.keys()]).toEqual(['db']);
});

test('an end that nobody saw is no good one: it is said, with a status of our own', async () => {
  await using host = createTestHost({ config });
  const attached = attach(host);
  await attached.isTaken;
  host.runner.exit('relay', undefined);
  expect(await attached.ended).toBe(125);
  expect(messages(host)).toContain('relay ended; nobody saw with which exit code.');
});

test('a signal stops it once; the second one removes it at once', async () => {
  await using host = createTestHost({ config });
  const attached = attach(host);
  await attached.isTaken;
  const release = host.runner.holdOn('stop relay');
  attached.signal('SIGINT');
  attached.signal('SIGINT');
  attached.signal('SIGTERM');
  await new Promise((resolve) => setImmediate(resolve));
  expect(done(host)).toEqual(['start db', 'start relay', 'stop relay', 'remove relay']);
  release();
  expect(await attached.ended).toBe(137);
  expect(done(host).filter((call) => call === 'stop relay')).toHaveLength(1);
});

test('it ends before it is ready: no trouble of ours, its status is the end', async () => {
  const given: Config = {
    services: { relay: { run: image(), ready: { kind: 'log', pattern: 'never' } } },
  };
  await using host = createTestHost({ config: given });
  host.runner.exit('relay', 1);
  expect(await attach(host).ended).toBe(1);
  expect(messages(host)).toEqual([]);
});

test('one that runs already is followed from now on, and nothing of it is touched', async () => {
  const first = createTestHost({ config });
  await first.up({ services: ['relay'] });
  first.runner.writeLog('relay', 'long ago', '2020-01-01T00:00:00Z');
  await first.host.close();
  await using host = first.again();
  const from = host.runner.calls.length;
  const attached = attach(host);
  await attached.isTaken;
  host.runner.writeLog('relay', 'now', new Date().toISOString());
  await until(() => attached.stdout() !== '');
  attached.signal('SIGTERM');
  expect(await attached.ended).toBe(143);
  expect(attached.stdout()).toBe('now\n');
  expect(done(host, from)).toEqual([]);
  expect(messages(host).at(-1)).toBe('relay keeps running.');
});

test('nobody reads it any more: it is stopped and removed; one that ran already stays', async () => {
  await using host = createTestHost({ config });
  const attached = attach(host);
  await attached.isTaken;
  attached.leave();
  expect(await attached.ended).toBe(141);
  expect(done(host)).toEqual(['start db', 'start relay', 'stop relay', 'remove relay']);

  const followed = attach(host, 'db');
  await followed.isTaken;
  followed.leave();
  expect(await followed.ended).toBe(141);
  expect([...host.runner.instances.keys()]).toEqual(['db']);
});

test('what it needs fails: it is not started, and the reason is that failure', async () => {
  await using host = createTestHost({ config });
  host.runner.failOn(
    'start db',
    serviceErrors.create('DS_SERVICE_EXITED', { service: 'db', exitCode: 4 }),
  );
  expect(await codesOf(attach(host).ended)).toEqual(['DS_SERVICE_EXITED']);
  expect(done(host)).not.toContain('start relay');
});

test('removed from outside, it is an error and not a status', async () => {
  await using host = createTestHost({ config });
  const attached = attach(host);
  await attached.isTaken;
  host.runner.vanish('relay');
  expect((await thrownBy(attached.ended))['code']).toBe('DS_SERVICE_REMOVED');
});

test('Ctrl-C before it runs: what was made for it is gone, what it needs stays', async () => {
  const control = new AbortController();
  await using host = createTestHost({ config, signal: control.signal });
  host.runner.holdOn('start relay');
  const attached = attach(host);
  await saw(host, 'starting relay');
  control.abort(new Error('Ctrl-C'));
  expect(await codesOf(attached.ended)).toEqual(['Error: Ctrl-C']);
  expect([...host.runner.instances.keys()]).toEqual(['db']);
});

test('an unknown service is told before anything starts', async () => {
  await using host = createTestHost({ config });
  expect(await codesOf(attach(host, 'rely').ended)).toEqual(['DS_SERVICE_UNKNOWN']);
  expect(done(host)).toEqual([]);
});

test('the lock is given up once it runs: another up comes by and finds it unchanged', async () => {
  await using host = createTestHost({ config });
  const attached = attach(host);
  await attached.isTaken;
  const beside = host.again();
  const { services } = await beside.up({ services: ['relay'] });
  expect(services['relay']?.action).toBe('unchanged');
  host.runner.exit('relay', 0);
  expect(await attached.ended).toBe(0);
  await beside.host.close();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
