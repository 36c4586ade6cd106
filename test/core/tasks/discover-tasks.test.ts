import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { discoverTasks, findTaskPlaces } from '../../../core/tasks/discover-tasks.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const library = resolve(import.meta.dirname, '../../..');

function createRepo(files: Readonly<Record<string, string>>) {
  const root = createTempFolder();
  const all = { '.git/HEAD': '', ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(library, join(root, 'node_modules/devservices'));
  const env = { HOME: root, XDG_CACHE_HOME: join(root, 'cache') };
  return {
    root,
    write: (name: string, text: string) => writeFileSync(join(root, name), text),
    list: async (cwd = root) => discoverTasks(findTaskPlaces({ cwd, configFile: undefined, env })),
  };
}

const taskFile = (name: string, description: string) => `
  import { defineTask } from 'devservices';
  import { writeFileSync } from 'node:fs';
  writeFileSync(new URL('../ran', import.meta.url), 'x');
  export default defineTask(import.meta, { name: '${name}', description: '${description}', run() {} });`;

test('the strongest of each name is listed: file, configuration, built-in; nothing of the repo runs', async () => {
  const { root, list } = createRepo({
    'devservices.config.ts': `
      import { writeFileSync } from 'node:fs';
      writeFileSync(new URL('ran', import.meta.url), 'x');
      export default { tasks: { lint: 'oxlint', seed: 'from the configuration', up: 'mine' } };`,
    'devservices.local.yaml': 'tasks: { local: echo, lint: other }',
    'tasks/seed.ts': taskFile('seed', 'from a file'),
    'tasks/other-name.mts': taskFile('named', 'by its name'),
    'tasks/lib.ts': 'export const x = 1;',
    'tasks/seed.test.ts': taskFile('test', 'no task'),
    'tasks/_hidden.ts': taskFile('hidden', 'no task'),
    'packages/app/x.txt': '',
  });
  const tasks = await list(join(root, 'packages/app'));
  expect(existsSync(join(root, 'ran'))).toBe(false);
  const found = Object.fromEntries(
    [...tasks].map(([name, { origin, description }]) => [name, [origin, description]]),
  );
  expect(found).toMatchObject({
    seed: ['repo', 'from a file'],
    named: ['repo', 'by its name'],
    lint: ['config', 'other'],
    local: ['config', 'echo'],
    up: ['config', 'mine'],
    down: ['built-in', expect.stringContaining('data stays')],
  });
  expect(Object.keys(found)).not.toEqual(expect.arrayContaining(['test', 'hidden', 'lib']));
  expect([...tasks.keys()]).toEqual([...tasks.keys()].toSorted());
});

test('the built-in tasks are all there, with arguments, also without a configuration', async () => {
  const tasks = await createRepo({}).list();
  const files = readdirSync(join(library, 'tasks')).filter((name) => name.endsWith('.ts'));
  expect([...tasks.keys()]).toEqual(files.map((name) => name.slice(0, -3)).toSorted());
  const listed = [...tasks.values()].flatMap(({ commands = {}, ...task }) => [
    task,
    ...Object.values(commands ?? { unknown: { description: null, args: null } }),
  ]);
  for (const { description, args } of listed) {
    expect(description).not.toBeNull();
    expect(args).not.toBeNull();
    expect(Object.values(args ?? { unknown: null })).not.toContain(null);
  }
  expect(tasks.get('up')?.args).toMatchObject({ waitTimeout: { kind: 'option', number: true } });
});

test('a second listing parses nothing: it writes no cache; a changed file is read again', async () => {
  const { root, list, write } = createRepo({
    'devservices.config.json': '{}',
    'tasks/seed.ts': taskFile('seed', 'first'),
  });
  await list();
  const cache = join(root, 'cache/devservices/task-metadata.json');
  const { ino, mode } = statSync(cache);
  expect(mode & 0o777).toBe(0o600);
  await list();
  expect(statSync(cache).ino).toBe(ino);
  write('tasks/seed.ts', taskFile('seed', 'second'));
  expect((await list()).get('seed')?.description).toBe('second');
  write('cache/devservices/task-metadata.json', '{"version":1,"entries":7');
  expect((await list()).get('seed')?.description).toBe('second');
});

test('a broken configuration or an unreadable file hides its own tasks only', async () => {
  const { list } = createRepo({
    'devservices.config.ts': 'export default {{{',
    'tasks/seed.ts': taskFile('seed', 'still there'),
    'tasks/broken.ts': "import { defineTask } from 'devservices'; export default defineTask(((",
  });
  const tasks = await list();
  expect(tasks.get('seed')?.description).toBe('still there');
  expect(tasks.get('broken')).toMatchObject({ description: null, args: null });
  expect(tasks.has('up')).toBe(true);
});
