import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMarker } from '../../../../plugins/process/ending/read-marker.ts';
import type { ResolvedProcess } from '../../../../plugins/process/record/resolved-process.ts';
import { createLiveFolder, isRunning, type LiveFolder } from '../live-process.ts';

let folder: LiveFolder;
beforeEach(() => (folder = createLiveFolder()));
afterEach(() => folder[Symbol.dispose]());

/** Runs it to its end: its exit code and what it wrote. */
async function run(fields: Partial<ResolvedProcess>, from = folder) {
  const { exit } = await from.start(from.record(fields));
  return { exit: await exit, log: from.log() };
}

test('arguments and variables arrive as they are, byte for byte', async () => {
  folder.write(
    'tell.mjs',
    `process.stdout.write(JSON.stringify([process.argv.slice(2), process.env]) + '\\n');`,
  );
  const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => {
    return value.replaceAll('\0', '\u0001');
  });
  const hostile = fc.constantFrom(
    '$(touch evil)',
    '`touch evil`',
    '; touch evil',
    '&& touch evil',
    '"',
    "'",
    String.raw`\\`,
    '*',
    '~',
    '--',
    '-e',
    '\n',
    '\r\n',
    '',
    ' ',
    '%s',
    '\u001B[31m',
    'ä€😀',
    '{port.http}',
    '${PATH}',
    '!!',
    '#',
  );
  const value = fc.oneof(hostile, text);
  const name = fc.stringMatching(/^H_[A-Za-z0-9_. -]{0,12}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 8 }),
      fc.dictionary(name, value, { maxKeys: 6 }),
      async (args, environment) => {
        const command = [process.execPath, 'tell.mjs', ...args] as const;
        const { exit, log } = await run({ command, environment });
        expect(exit).toBe(0);
        const [argv, env] = JSON.parse(log.trim().split('\n').at(-1) ?? '') as [string[], object];
        expect(argv).toEqual(args);
        expect(env).toMatchObject(environment);
      },
    ),
    { numRuns: 25, seed: 20_261_122 },
  );
  expect(folder.read('evil')).toBe('');
}, 120_000);

test.each([
  ['umlauts and spaces', 'Übung für die Köche, zweiter Teil'],
  ['a path of more than 150 characters', ['a'.repeat(90), 'b'.repeat(90)].join('/')],
  ['what a shell would read', `it's "$HOME"; * & (x)`],
])('%s in the path of its folder, its program and its log', async (_, name) => {
  const place = createLiveFolder(name);
  try {
    place.write('bin/tell', '#!/bin/sh\npwd\n');
    expect(await run({ command: ['./bin/tell'] }, place)).toEqual({
      exit: 0,
      log: `${place.path}\n`,
    });
  } finally {
    place[Symbol.dispose]();
  }
});

test('both streams go into one file in their order, each start after the one before', async () => {
  const command = ['/bin/sh', '-c', 'echo 1; echo 2 >&2; echo 3; printf 4 >&2'] as const;
  await run({ command });
  expect(statSync(folder.logFile).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder.logFile, '..')).mode & 0o777).toBe(0o700);
  expect(await run({ command })).toEqual({ exit: 0, log: '1\n2\n3\n41\n2\n3\n4' });
});

test('it leads a group and a session, has no input, and says whose it is', async () => {
  const command = [
    '/bin/sh',
    '-c',
    'cat; ps -o pid=,pgid=,sid= -p $$; echo done > is-done; sleep 1000',
  ] as const;
  const { identity, record } = await folder.start(folder.record({ command }));
  const { pid } = identity;
  await expect.poll(() => folder.read('is-done')).toBe('done\n');
  expect(folder.log().trim().split(/\s+/).map(Number)).toEqual([pid, pid, pid]);
  const { checkout } = record.target.project;
  expect(readMarker(pid)).toBe(`${checkout}/shop/api/f00d`);
  expect(isRunning(pid)).toBe(true);
});

test('who one is that ended at once is known', async () => {
  const { identity, exit } = await folder.start(folder.record({ command: ['true'] }));
  expect(identity.startTicks).toMatch(/^\d+$/);
  expect(identity.bootId).not.toBe('');
  expect(await exit).toBe(0);
});

test('programs of the repo’s packages are found first, the nearest before those above', async () => {
  mkdirSync(join(folder.path, '.git'));
  const say = (text: string) => `#!/bin/sh\necho ${text}\n`;
  folder.write('node_modules/.bin/ls', say('top'));
  folder.write('node_modules/.bin/other', say('other'));
  folder.write('web/node_modules/.bin/ls', say('near'));
  const cwd = join(folder.path, 'web');
  await run({ command: ['ls'], cwd });
  await run({ command: ['other'], cwd });
  expect(await run({ command: ['/bin/sh', '-c', 'ls'], cwd })).toEqual({
    exit: 0,
    log: 'near\nother\nnear\n',
  });
});

test('what runs before runs to its end, in its order and place', async () => {
  const command = ['/bin/sh', '-c', 'cat made'] as const;
  const before = [
    ['/bin/sh', '-c', 'echo first; sleep 0.1; echo made > made'],
    ['/bin/sh', '-c', 'cat made'],
  ] as const;
  expect(await run({ command, before })).toEqual({ exit: 0, log: 'first\nmade\nmade\n' });
});

test('nothing is started after what failed before it', async () => {
  const before = [['/bin/sh', '-c', 'echo no disk; exit 3']] as const;
  const started = run({ command: ['touch', 'started'], before });
  await expect(started).rejects.toMatchObject({
    code: 'DS_PROCESS_BEFORE_FAILED',
    facts: { program: '/bin/sh', exitCode: 3, log: folder.logFile },
  });
  expect(folder.log()).toBe('no disk\n');
  expect(folder.read('started')).toBe('');
  const killed = run({ command: ['true'], before: [['/bin/sh', '-c', 'kill -9 $$']] });
  await expect(killed).rejects.toMatchObject({ facts: { exitCode: 137 } });
});

test('it runs as another user where it has to', async () => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  // Only root may become somebody else.
  const user = uid === 0 ? { uid: 65_534, gid: 65_534, name: 'nobody' } : { uid, gid, name: 'me' };
  const command = ['/bin/sh', '-c', 'id -u; id -g; id -G; echo $HOME $USER'] as const;
  const { log } = await run({ command, cwd: '/', user, dataFolder: '/nowhere' });
  const [asUid, asGid, groups = '', rest] = log.split('\n');
  expect([asUid, asGid, rest]).toEqual([`${user.uid}`, `${user.gid}`, `/nowhere ${user.name}`]);
  // Nothing of root's is left to it.
  const others = groups.split(' ').filter((group) => group !== `${user.gid}`);
  expect(uid === 0 ? others : []).toEqual([]);
});
