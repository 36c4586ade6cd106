import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Config } from '../../core/config/config.ts';
import type { DevServicesEvent } from '../../core/events.ts';
import type { ProjectAccess } from '../../core/host-access.ts';
import { definePlugin } from '../../core/plugin/define-plugin.ts';
import { createTextStyle } from '../../core/render/text-style.ts';
import { createTestHost, type TestHost } from '../../core/testing/test-host.ts';
import { image } from '../rig/kernel.ts';

/** A test host whose configuration has a plugin that may have the project. */
async function openAccess(more: Config = {}): Promise<TestHost & { access: ProjectAccess }> {
  const seen: ProjectAccess[] = [];
  const curious = definePlugin({
    name: 'curious',
    permissions: { project: true },
    setup: (ctx) => void seen.push(ctx.project),
  });
  const made = createTestHost({
    config: { plugins: [curious], services: { db: { run: image() } }, ...more },
  });
  await made.host.configure();
  mkdirSync(join(made.root, 'node_modules'));
  symlinkSync(resolve(import.meta.dirname, '../..'), join(made.root, 'node_modules/devservices'));
  return Object.assign(made, { access: seen[0] as ProjectAccess });
}

function journalOf({ root }: TestHost, folder: string): DevServicesEvent[] {
  const file = join(root, '.state/devservices', folder, 'events.ndjson');
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as DevServicesEvent)
    : [];
}
const checkoutOf = ({ host }: TestHost) => host.project.checkout;
const within10s = { timeout: 10_000 };

test('runs a task as a command line does: in the journal from its first to its last event, and silently', async () => {
  await using made = await openAccess();
  const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  const finished = await made.access.run('up');
  const chunks = written.flatMap(({ mock }) => mock.calls.map(([chunk]) => String(chunk)));
  for (const spy of written) spy.mockRestore();
  expect(chunks.join('')).not.toContain('db');

  expect(finished).toMatchObject({
    event: 'up-finished',
    ok: true,
    exitCode: 0,
    errors: [],
    services: { db: { state: 'ready', action: 'created', runner: 'docker' } },
  });
  const journal = journalOf(made, checkoutOf(made));
  expect(journal[0]).toMatchObject({ event: 'task-started', task: 'up', pid: process.pid });
  expect(journal.at(-1)).toEqual(finished);
  expect(journal.map(({ event }) => event)).toContain('plan-made');
});

test('`plugins` shows who may have the project', async () => {
  await using made = await openAccess();
  const { default: task } = await import('../../tasks/plugins.ts');
  const plugins = await made.host.plugins();
  const style = createTextStyle({ isColoured: false, columns: 80 });
  expect(task.render?.({ plugins }, style)).toMatch(/^curious +project\s*$/m);
});

test('what cannot be done is what the task came to, with the exit status of a command line', async () => {
  await using made = await openAccess();
  const codes = async (task: string, args?: Record<string, unknown>) => {
    const { ok, exitCode, errors } = await made.access.run(task, args);
    return [ok, exitCode, ...errors.map(({ code }) => code)];
  };
  expect(await codes('upp')).toEqual([false, 2, 'DS_TASK_UNKNOWN']);
  expect(await codes('up', { servces: ['db'] })).toEqual([false, 2, 'DS_ARGUMENT_UNKNOWN']);
  expect(await codes('up', { services: ['dbb'] })).toEqual([false, 2, 'DS_SERVICE_UNKNOWN']);
  made.runner.exit('db', 1);
  const failed = await made.access.run('up');
  expect(failed).toMatchObject({ ok: false, exitCode: 1, services: { db: { state: 'failed' } } });
});

test('a task of the repo wins, is run after its needs, and what it gives is told', async () => {
  await using made = await openAccess();
  mkdirSync(join(made.root, 'tasks'));
  const task = (name: string, body: string, more = '') =>
    writeFileSync(
      join(made.root, 'tasks', `${name}.ts`),
      `import { defineTask } from 'devservices';
      export default defineTask(import.meta, { name: '${name}', description: 'Own', ${more}
        async run({ host, args, log, foreground }) { ${body} } });`,
    );
  task('first', "await host.initialize('first'); log.info('first things first');");
  task(
    'up',
    "log.info('own up'); return { given: args.name };",
    "needs: ['first'], args: { name: { kind: 'option', value: 'NAME', description: 'A name' } },",
  );
  const finished = await made.access.run('up', { name: 'ada' });
  expect(finished).toMatchObject({ ok: true, result: { given: 'ada' }, services: {} });
  expect(made.runner.calls).not.toContain('start db');
  const told = journalOf(made, checkoutOf(made)).flatMap((event) =>
    event.event === 'message' ? [event.text] : [],
  );
  expect(told.filter((text) => text.startsWith('first') || text === 'own up')).toEqual([
    'first things first',
    'own up',
  ]);
});

test('nobody is asked, not even where this process has a terminal', async () => {
  await using made = await openAccess();
  await made.access.run('up');
  const terminals = [process.stdin, process.stderr].map((stream) => {
    const before = Object.getOwnPropertyDescriptor(stream, 'isTTY');
    Object.defineProperty(stream, 'isTTY', { value: true, configurable: true, writable: true });
    return () => {
      Reflect.deleteProperty(stream, 'isTTY');
      if (before) Object.defineProperty(stream, 'isTTY', before);
    };
  });
  try {
    const { exitCode, errors } = await made.access.run('reset');
    expect([exitCode, errors[0]?.code]).toEqual([2, 'DS_TASK_NEEDS_YES']);
  } finally {
    for (const restore of terminals) restore();
  }
  expect(made.runner.instances.has('db')).toBe(true);
});

test('a command that a task runs for its caller writes nowhere; its status is the task’s', async () => {
  await using made = await openAccess();
  const command = [process.execPath, '-e', 'console.log("loud"); process.exitCode = 7'];
  const finished = await made.access.run('run', { command });
  expect(finished).toMatchObject({ ok: false, exitCode: 7, errors: [] });
});

test('its signal interrupts it', async () => {
  await using made = await openAccess();
  made.runner.holdOn('start db');
  const stop = new AbortController();
  const running = made.access.run('up', {}, { signal: stop.signal });
  await vi.waitFor(() => expect(made.runner.calls).toContain('start db'), within10s);
  stop.abort(new Error('the caller has gone'));
  const { ok, exitCode, errors } = await running;
  expect({ ok, exitCode, codes: errors.map(({ code }) => code) }).toEqual({
    ok: false,
    exitCode: 130,
    codes: ['DS_TASK_INTERRUPTED'],
  });
});

test('two at once wait for one another', async () => {
  await using made = await openAccess();
  const release = made.runner.holdOn('start db');
  const up = made.access.run('up');
  await vi.waitFor(() => expect(made.runner.calls).toContain('start db'), within10s);
  const down = made.access.run('down');
  const isWaiting = (event: DevServicesEvent) =>
    event.event === 'message' && event.text.startsWith('Waiting for `up`');
  await vi.waitFor(
    () => expect(journalOf(made, checkoutOf(made)).some(isWaiting)).toBe(true),
    within10s,
  );
  expect(made.runner.calls).not.toContain('remove db');
  release();
  expect(await up).toMatchObject({ ok: true, services: { db: { action: 'created' } } });
  expect(await down).toMatchObject({ ok: true, services: { db: { action: 'removed' } } });
});

test('a host of its own is loaded anew, and ends with the outer one at the latest', async () => {
  const made = await openAccess();
  const [early, late] = [made.access.open(), made.access.open()];
  expect(early === made.host).toBe(false);
  expect(Object.keys((await late.configure()).services)).toEqual(['db']);
  expect(late.project).toEqual(made.host.project);
  await early.close();
  expect([early.signal.aborted, late.signal.aborted, made.host.signal.aborted]).toEqual([
    true,
    false,
    false,
  ]);
  const stop = new AbortController();
  const joined = made.access.open({ signal: stop.signal });
  stop.abort(new Error('enough'));
  expect(joined.signal.reason).toBe(stop.signal.reason);
  await made.close();
  expect(late.signal.aborted).toBe(true);
});

test('what runs is interrupted, and waited for, when the outer host closes', async () => {
  const made = await openAccess();
  made.runner.holdOn('start db');
  let isOver = false;
  const running = made.access.run('up').finally(() => (isOver = true));
  await vi.waitFor(() => expect(made.runner.calls).toContain('start db'), within10s);
  await made.host.close();
  expect(isOver).toBe(true);
  expect(await running).toMatchObject({ ok: false, errors: [{ code: 'DS_TASK_INTERRUPTED' }] });
  await made.close();
});
