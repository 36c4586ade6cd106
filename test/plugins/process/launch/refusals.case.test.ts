import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { membersOf } from '../../../../plugins/process/ending/members.ts';
import type { ResolvedProcess } from '../../../../plugins/process/record/resolved-process.ts';
import { createLiveFolder, type LiveFolder } from '../live-process.ts';

let folder: LiveFolder;
beforeEach(() => (folder = createLiveFolder()));
afterEach(() => folder[Symbol.dispose]());

/** Starts it, which fails: nothing of it runs. */
async function refusalOf(run: Partial<ResolvedProcess>): Promise<unknown> {
  const record = folder.record({ environment: { PATH: '/usr/bin:/bin' }, ...run });
  const refusal = await folder.start(record).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(membersOf(record)).toEqual([]);
  return refusal;
}

test('a program that is nowhere is named, with where it was looked for', async () => {
  expect(await refusalOf({ command: ['servre', '--port'] })).toMatchObject({
    code: 'DS_PROCESS_NOT_FOUND',
    message: `api runs servre, which is in none of these folders: ${folder.path}/node_modules/.bin, /usr/bin, /bin.`,
    hint: 'Install servre, or correct services.api.run.command.',
    facts: { shellStatus: 127 },
  });
  expect(await refusalOf({ command: ['./servre'] })).toMatchObject({
    message: 'api runs ./servre, which is not there.',
  });
  expect(await refusalOf({ command: [''] })).toMatchObject({ code: 'DS_PROCESS_NOT_FOUND' });
});

test.each([
  ['package-lock.json', 'npm ci'],
  ['pnpm-lock.yaml', 'pnpm install'],
])('a repo with %s whose packages are not installed: %s', async (lock, install) => {
  mkdirSync(join(folder.path, '.git'));
  folder.write('package.json', '{}');
  folder.write(lock, '');
  folder.write('web/x', '');
  const cwd = join(folder.path, 'web');
  expect(await refusalOf({ command: ['vite'], cwd })).toMatchObject({
    facts: { install },
    hint: expect.stringContaining(`\`${install}\``) as string,
  });
});

test('a program that is not executable is named, with what to do', async () => {
  const path = folder.write('serve', 'echo', 0o644);
  expect(await refusalOf({ command: ['./serve'] })).toMatchObject({
    code: 'DS_PROCESS_NOT_EXECUTABLE',
    message: `api runs ${path}, which is not executable.`,
    hint: `Run \`chmod +x ${path}\`, or name the program that runs it.`,
    facts: { shellStatus: 126 },
  });
  expect(await refusalOf({ command: ['.'] })).toMatchObject({ code: 'DS_PROCESS_NOT_FOUND' });
});

test('a program later on the PATH is taken where an earlier file is not executable', async () => {
  folder.write('one/serve', 'no program', 0o644);
  folder.write('two/serve', '#!/bin/sh\necho two\n');
  const environment = { PATH: `${folder.path}/one::${folder.path}/two` };
  const { exit } = await folder.start(folder.record({ command: ['serve'], environment }));
  expect(await exit).toBe(0);
  expect(folder.log()).toBe('two\n');
});

test('a folder that is not there is named', async () => {
  const cwd = join(folder.path, 'nowhere');
  expect(await refusalOf({ command: ['true'], cwd })).toMatchObject({
    code: 'DS_PROCESS_CWD_MISSING',
    message: `api runs in ${cwd}: there is no such folder.`,
  });
  const file = folder.write('file', '');
  expect(await refusalOf({ command: ['true'], cwd: file })).toMatchObject({
    message: `api runs in ${file}: that is no folder.`,
  });
});

test('an interpreter that is not there is named', async () => {
  folder.write('serve', '#!/opt/python9 -u\n');
  expect(await refusalOf({ command: ['./serve'] })).toMatchObject({
    code: 'DS_PROCESS_START_FAILED',
    message: `${join(folder.path, 'serve')} of api could not be started: its interpreter /opt/python9 is not there.`,
  });
});

test('what no system takes is refused, and its value not quoted', async () => {
  const refusal = await refusalOf({ command: ['true'], environment: { TOKEN: 'hunter2\0' } });
  expect(refusal).toMatchObject({ code: 'DS_PROCESS_START_FAILED' });
  expect((refusal as Error).message).not.toContain('hunter2');
  expect(await refusalOf({ command: ['true', 'x'.repeat(4_000_000)] })).toMatchObject({
    code: 'DS_PROCESS_START_FAILED',
    message: expect.stringContaining('longer than this system takes') as string,
  });
});

test('a log that cannot be opened is named, and nothing is started', async () => {
  mkdirSync(folder.logFile, { recursive: true, mode: 0o700 });
  mkdirSync(dirname(folder.logFile), { recursive: true });
  expect(await refusalOf({ command: ['touch', 'started'] })).toMatchObject({
    code: 'DS_STATE_UNWRITABLE',
    message: expect.stringContaining(folder.logFile) as string,
  });
  expect(folder.read('started')).toBe('');
});
