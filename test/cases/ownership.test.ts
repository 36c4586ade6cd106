import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { configure, shell, sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { createStrangers, type Strangers } from '../rig/strangers.ts';

const engine = await ensureEngine();

// What each task that acts on the engine is called with, in an order in which each has something to do.
const calls: readonly (readonly [task: string, ...args: string[]])[] = [
  ['up'],
  ['status', '--all'],
  ['logs'],
  ['restart'],
  ['toggle', 'db', 'other'],
  ['toggle', 'db', 'docker'],
  ['exec', 'db', '--', 'true'],
  ['run', '--', 'true'],
  ['attach', 'job'],
  ['up', '--recreate'],
  ['up', '--remove-orphans'],
  ['down', '--remove-orphans'],
  ['up', 'db'],
  ['down', 'db'],
  ['up'],
  ['rm', '--yes'],
  ['up'],
  ['reset', '--yes'],
  ['doctor'],
  ['env'],
  ['permissions', 'users', 'list'],
  ['options', 'get'],
  ['tokens', 'list'],
  ['workstations', 'list'],
  ['down'],
];
const tasks = readdirSync(join(import.meta.dirname, '../../tasks')).map((file) =>
  basename(file, '.ts'),
);
/** These never ask an engine for more than whether it is there. */
const readers = ['config', 'plugins', 'serve'];

describe.skipIf(engine === null)('what is not ours', () => {
  if (!engine) return;
  const { tools } = engine.images;
  const checkout = createCheckout(engine);
  const project = basename(checkout.root);
  let strangers: Strangers;

  beforeAll(async () => {
    const services = {
      db: { run: { docker: sleeper(tools, { volumes: ['data:/data'] }), other: sleeper(tools) } },
      web: { run: sleeper(tools), dependsOn: ['db'] },
      job: { run: shell(tools, 'exit 0'), autoStart: false },
    };
    const plugins = ['store', 'permissions', 'project-options', 'control-api', 'workstations'].map(
      (name) => `devservices/plugins/${name}`,
    );
    configure(checkout, services, { plugins });
    // The checkout's id is known to the machine from its first task on.
    await checkout.task('status');
    strangers = await createStrangers({ docker: checkout.docker, image: tools, project });
  });
  afterAll(async () => {
    await checkout[Symbol.asyncDispose]();
    await strangers.remove();
  });

  test.each(calls.filter(([task]) => tasks.includes(task)).map((call) => [call.join(' '), call]))(
    'unowned same-prefix container, network and volume are untouched by %s',
    async (_, [task, ...args]) => {
      const before = await strangers.look();
      const { exitCode, stdout, stderr } = await checkout.task(task ?? '', args);
      expect(exitCode, stdout + stderr).toBe(0);
      expect(await strangers.look()).toEqual(before);
    },
  );

  test('every task of the repo is in that table', () => {
    const acting = tasks.filter((task) => !readers.includes(task));
    expect(acting.filter((task) => !calls.some(([name]) => name === task))).toEqual([]);
  });
});

describe.skipIf(engine === null)('data of ours', () => {
  if (!engine) return;
  const { tools } = engine.images;
  const checkout = createCheckout(engine);
  const project = basename(checkout.root);
  const write = (text: string) => ({
    db: {
      run: shell(tools, '[ -s /data/row ] || echo "$FIRST" > /data/row; exec sleep 1000', {
        volumes: ['data:/data'],
        environment: { FIRST: text },
      }),
      ready: { kind: 'command', command: ['test', '-s', '/data/row'] },
    },
  });
  const readRow = async () => {
    const { db = '' } = await checkout.containers();
    const exec = await checkout.docker
      .getContainer(db)
      .exec({ Cmd: ['cat', '/data/row'], AttachStdout: true });
    const stream = await exec.start({});
    let text = '';
    for await (const chunk of stream) text += String(chunk).replaceAll(/[^a-z]/g, '');
    return text;
  };
  beforeAll(async () => {
    configure(checkout, write('first'));
    await checkout.task('up');
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test.each([
    ['down and up', [['down'], ['up']]],
    ['up --recreate', [['up', '--recreate']]],
    ['up after a change', [['up']]],
  ])('volume data survives %s', async (what, steps) => {
    const before = await checkout.containers();
    if (what === 'up after a change') configure(checkout, write('second'));
    for (const [task = '', ...args] of steps) {
      const { exitCode, stderr } = await checkout.task(task, args);
      expect(exitCode, stderr).toBe(0);
    }
    expect(await checkout.containers()).not.toEqual(before);
    expect(await readRow()).toBe('first');
  });

  test('a volume in use by a stranger is said, by name, and stays', async () => {
    const name = `guest-of-${project}`;
    const guest = await checkout.docker.createContainer({
      name,
      Image: tools,
      HostConfig: { Binds: [`${project}_db_data:/data`], NetworkMode: 'none' },
    });
    try {
      const { exitCode, finished } = await checkout.task('reset', ['--yes', '--json']);
      expect(exitCode).toBe(3);
      expect(finished.errors).toMatchObject([
        { code: 'DS_SERVICE_DATA_IN_USE', message: expect.stringContaining(name) },
      ]);
      // It is found out before anything is removed.
      expect(Object.keys(await checkout.containers())).toEqual(['db']);
      const volume = await checkout.docker.getVolume(`${project}_db_data`).inspect();
      expect(volume.Name).toBe(`${project}_db_data`);
      expect((await guest.inspect()).Id).toBe(guest.id);
    } finally {
      await guest.remove({ force: true });
    }
    const { exitCode } = await checkout.task('reset', ['--yes']);
    expect(exitCode).toBe(0);
    await expect(checkout.docker.getVolume(`${project}_db_data`).inspect()).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test('a network in use by a stranger is said, by name, and stays', async () => {
    configure(checkout, write('third'));
    expect((await checkout.task('up')).exitCode).toBe(0);
    const name = `visitor-of-${project}`;
    const visitor = await checkout.docker.createContainer({
      name,
      Image: tools,
      Cmd: ['sleep', '1000'],
      HostConfig: { NetworkMode: project },
    });
    try {
      await visitor.start();
      const { exitCode, finished } = await checkout.task('down', ['--json']);
      expect(exitCode).toBe(3);
      expect(finished.services['db']).toMatchObject({ state: 'stopped', action: 'removed' });
      expect(finished.errors).toMatchObject([
        { code: 'DS_DOCKER_NETWORK_IN_USE', message: expect.stringContaining(name) },
      ]);
      expect((await visitor.inspect()).State.Running).toBe(true);
    } finally {
      await visitor.remove({ force: true });
    }
    expect((await checkout.task('down')).exitCode).toBe(0);
    const filters = { name: [project] };
    expect(await checkout.docker.listNetworks({ filters })).toEqual([]);
  });
});
