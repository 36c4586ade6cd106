import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from 'devservices/machine';
import { type FileWatch, watchFiles } from '../../../../plugins/process/supervisor/watch-files.ts';

const opened: (() => void)[] = [];

afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A folder that is watched; `next` resolves with how often it was told by the end of a quiet time. */
async function open(globs: readonly string[], files: readonly string[] = []) {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'ds-watch-')));
  const write = (path: string, text = ''): void => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  for (const file of files) write(file);
  let count = 0;
  let told = (): void => {};
  const troubles: string[] = [];
  const watch: FileWatch = await watchFiles({
    cwd,
    globs,
    clock: systemClock,
    quietMs: 40,
    onChange() {
      count += 1;
      told();
    },
    onTrouble: (text) => troubles.push(text),
  });
  opened.push(() => {
    watch.close();
    rmSync(cwd, { recursive: true, force: true });
  });
  return {
    cwd,
    write,
    troubles,
    watch,
    count: () => count,
    next: () => new Promise<void>((resolve) => (told = resolve)),
    /** Resolves when a change that counts was told: what came before it was told with it, or not at all. */
    async settle(path: string): Promise<number> {
      const before = count;
      const next = new Promise<void>((resolve) => (told = resolve));
      write(path, 'settle');
      await next;
      return count - before;
    },
  };
}

test('a file that is written, made, removed or put in its place is a change', async () => {
  const at = await open(['src/**/*.ts'], ['src/a.ts', 'src/deep/b.ts', 'other.ts']);
  const changes: (() => void)[] = [
    () => at.write('src/a.ts', '1'),
    () => at.write('src/deep/new.ts'),
    () => rmSync(join(at.cwd, 'src/deep/b.ts')),
    () => {
      at.write('src/.a.ts.swp', '2');
      renameSync(join(at.cwd, 'src/.a.ts.swp'), join(at.cwd, 'src/a.ts'));
    },
    () => at.write('src/made/deeper/c.ts'),
    () => at.write('src/made/deeper/c.ts', 'again'),
    () => renameSync(join(at.cwd, 'src/made'), join(at.cwd, 'gone')),
  ];
  for (const [index, change] of changes.entries()) {
    const next = at.next();
    change();
    await next;
    expect(at.count()).toBe(index + 1);
  }
  expect(at.troubles).toEqual([]);
});

test('changes in quick succession are one', async () => {
  const at = await open(['*.ts'], ['a.ts', 'b.ts']);
  const next = at.next();
  for (const text of ['1', '2', '3']) {
    at.write('a.ts', text);
    at.write('b.ts', text);
  }
  await next;
  expect(await at.settle('a.ts')).toBe(1);
  expect(at.count()).toBe(2);
});

test('what no glob names, node_modules and .git are no changes', async () => {
  const at = await open(
    ['**/*.ts', 'config.json', '!**/*.test.ts'],
    ['src/a.ts', 'node_modules/x/index.ts', '.git/hooks/a.ts'],
  );
  for (const path of [
    'src/a.js',
    'src/a.test.ts',
    'src/config.json',
    'node_modules/x/index.ts',
    'node_modules/new/index.ts',
    'src/node_modules/y/index.ts',
    '.git/hooks/a.ts',
  ]) {
    at.write(path, 'changed');
  }
  expect(await at.settle('src/a.ts')).toBe(1);
  expect(await at.settle('config.json')).toBe(1);
  expect(at.count()).toBe(2);
});

test('a folder that is named and not there yet is watched when it comes', async () => {
  const at = await open(['build/out/*.js']);
  const next = at.next();
  at.write('build/out/a.js');
  await next;
  expect(await at.settle('build/out/a.js')).toBe(1);
});

test('globs that lead out of the folder, braces, dots and a link to a folder', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'ds-watch-'));
  const at = await open(['{lib,bin}/*.{ts,js}', '.env', `../${outside.split('/').at(-1)}/*.json`]);
  opened.push(() => rmSync(outside, { recursive: true, force: true }));
  symlinkSync('/', join(at.cwd, 'root'));
  for (const path of ['lib/a.ts', 'bin/b.js', '.env']) {
    const next = at.next();
    at.write(path, 'x');
    await next;
  }
  const next = at.next();
  writeFileSync(join(outside, 'shared.json'), '{}');
  await next;
  expect(at.count()).toBe(4);
  expect(at.troubles).toEqual([]);
});

test('nothing is told after it was closed', async () => {
  const at = await open(['*.ts'], ['a.ts']);
  at.write('a.ts', 'changed');
  at.watch.close();
  await systemClock.sleep(0);
  const other = await open(['*.ts']);
  await other.settle('b.ts');
  expect(at.count()).toBe(0);
});
