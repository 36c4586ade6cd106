import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { freePorts } from '../rig/free-ports.ts';
import {
  createProcessCheckout,
  idle,
  isListening,
  killNow,
  nothing,
  server,
  shell,
} from '../rig/process-checkout.ts';

describe('what went wrong elsewhere does not with processes', async () => {
  const checkout = createProcessCheckout();
  const [port] = await freePorts(1);
  const api = { run: server(), ports: { http: port } };
  afterEach(async () => {
    await checkout.task('down');
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('a second checkout of the same name has ports and processes of its own', async () => {
    const config = { project: 'shop', services: { api } };
    checkout.write({ 'devservices.config.json': JSON.stringify(config) });
    await using other = createCheckout(null, { beside: checkout });
    other.write({ 'devservices.config.json': JSON.stringify(config) });
    const first = await checkout.task('up', ['--json']);
    const second = await other.task('up', ['--json']);
    const [one, two] = [first, second].map(
      ({ finished }) => finished.services['api']?.endpoints['http']?.port,
    );
    expect(one).toBe(port);
    expect(two).not.toBe(port);
    const pid = async (at = 0) => (await fetch(`http://127.0.0.1:${at}`)).text();
    const before = await pid(one);
    expect(await pid(two)).not.toBe(before);
    expect((await other.task('down')).exitCode).toBe(0);
    expect(await pid(one)).toBe(before);
    expect(isListening(two ?? 0)).toBe(false);
    // What follows is this checkout's own project again.
    await checkout.task('down');
  });

  test('who was ready before a restart is not for that reason ready after it', async () => {
    checkout.configure({
      worker: {
        run: shell('test -e stuck || touch up; exec sleep 1000', { restart: 'always' }),
        ready: { kind: 'command', command: ['rm', 'up'] },
      },
    });
    expect((await checkout.task('up')).exitCode).toBe(0);
    const { worker = 0 } = checkout.pids();
    checkout.write({ stuck: '' });
    await killNow(worker);
    const again = await checkout.task('up', ['--json', '--wait-timeout', '1']);
    rmSync(join(checkout.root, 'stuck'));
    expect(again.exitCode).toBe(1);
    expect(again.finished.services['worker']).toMatchObject({
      state: 'failed',
      error: { code: 'DS_SERVICE_NOT_READY' },
    });
  });

  test('where a record is deleted underneath, no second process is made beside the first', async () => {
    checkout.configure({ api, worker: { run: idle } });
    await checkout.task('up');
    const before = checkout.pids();
    const folder = join(checkout.stateHome, 'devservices');
    const record = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) =>
      file.endsWith('/api.json'),
    );
    rmSync(join(folder, record ?? ''));
    const up = await checkout.task('up', ['--json']);
    expect({ exitCode: up.exitCode, errors: up.finished.errors }).toMatchObject({ exitCode: 0 });
    expect(checkout.pids()['worker']).toBe(before['worker']);
    expect(checkout.left().processes).toHaveLength(2);
    await checkout.task('down');
    expect(checkout.left()).toEqual(nothing);
    expect(isListening(port)).toBe(false);
  });

  test('a one-shot that completed does not run again until something of it changed', async () => {
    const migrate = (word: string) => shell(`echo ${word} >> ran`);
    const services = (word: string) => ({
      migrate: { run: migrate(word) },
      worker: { run: idle, dependsOn: { migrate: 'completed' } },
    });
    checkout.configure(services('one'));
    await checkout.task('up');
    await checkout.task('up');
    const ran = () => readFileSync(join(checkout.root, 'ran'), 'utf8');
    expect(ran()).toBe('one\n');
    checkout.configure(services('two'));
    await checkout.task('up');
    expect(ran()).toBe('one\ntwo\n');
  });

  test('Ctrl-C twice during `up` ends it once, and what runs is known afterwards', async () => {
    checkout.configure({
      worker: { run: idle },
      late: { run: shell('exec sleep 1000'), ready: { kind: 'log', pattern: 'never' } },
    });
    let asked = 0;
    const up = await checkout.task('up', ['--json'], {
      onOutput(text, kill) {
        if (asked > 0 || !text.includes('"ready"')) return;
        for (asked = 0; asked < 2; asked++) kill('SIGINT');
      },
    });
    expect(asked).toBe(2);
    expect(up.exitCode).toBe(130);
    expect(new Set(checkout.left().processes)).toEqual(new Set(Object.values(checkout.pids())));
    expect((await checkout.task('down')).exitCode).toBe(0);
    expect(checkout.left()).toEqual(nothing);
  });
});
