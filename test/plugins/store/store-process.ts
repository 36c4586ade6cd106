import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, onTestFinished } from 'vitest';
import type { DatabaseParts } from '../../../plugins/store/database.ts';

export interface StorePlace {
  folder: string;
  options?: DatabaseParts['options'];
  /** The file that `bundleStore` made, or a copy of it. */
  bundle?: string;
}

/** A process of its own with a store, which has loaded all that it needs and waits for `go`. */
export interface StoreProcess {
  /** What it printed so far. */
  readonly lines: readonly string[];
  go(): void;
  /** Resolves when it has printed so many lines, or has ended. */
  printed(count: number): Promise<void>;
  kill(): void;
  /** By its end: `done`, the code of what it threw, or the signal. */
  readonly ended: Promise<string>;
}

const repo = join(import.meta.dirname, '../../..');
let bundle: Promise<string> | undefined;

/** The store in one file: to load it from its sources takes each of many processes a second and more. */
export function bundleStore(): Promise<string> {
  // In the repo, from where the packages that stay outside are found.
  const outfile = join(repo, `node_modules/.cache/devservices-test-store-${process.pid}.mjs`);
  bundle ??= build({
    entryPoints: [join(repo, 'plugins/store/database.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['libsql', 'pg'],
    outfile,
    logLevel: 'error',
  }).then(() => outfile);
  return bundle;
}

afterAll(async () => {
  if (bundle) rmSync(await bundle, { force: true });
  bundle = undefined;
});

/**
 * Starts one that runs `script` with `store` and `say`; `before` are words of a command that it is run by.
 *
 * @example await startStoreProcess(place, `await store.open({ owner: 'a', migrations: {} }); say('opened');`);
 */
export async function startStoreProcess(
  { folder, options = {}, bundle: file }: StorePlace,
  script: string,
  before: readonly string[] = [],
): Promise<StoreProcess> {
  const program = `
    import { once } from 'node:events';
    import { createDatabase } from ${JSON.stringify(file ?? (await bundleStore()))};
    await Promise.all(['libsql', 'pg'].map((name) => import(name)));
    const say = (line) => console.log(line);
    const inspect = () => Promise.reject(new Error('there is no service here'));
    const context = { checkoutFolder: ${JSON.stringify(folder)}, inspect };
    const store = createDatabase({ options: ${JSON.stringify(options)}, context });
    say('ready');
    await once(process.stdin, 'data');
    process.stdin.destroy();
    let end = 'done';
    try {
      ${script}
    } catch (error) {
      end = error.code ?? error.stack;
    }
    await store.close();
    say('end ' + end);
  `;
  const words = [process.execPath, '--input-type=module', '-e', program];
  const [command = '', ...args] = [...before, ...words];
  const child = spawn(command, args, {
    cwd: repo,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const errors: string[] = [];
  let look = () => {};
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ended = new Promise<string>((resolve) => {
    child.once('close', (_code, signal) => {
      const end = lines.at(-1)?.startsWith('end ') ? lines.at(-1)?.slice('end '.length) : undefined;
      resolve(signal ?? end ?? errors.join(''));
      look();
    });
  });
  let isOver = false;
  void ended.then(() => (isOver = true));
  const printed = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (lines.length >= count || isOver) resolve();
      };
      look();
      void ended.then(() => resolve());
    });
  await printed(1);
  return {
    lines,
    printed,
    ended,
    go: () => void child.stdin.write('go\n'),
    kill: () => void child.kill('SIGKILL'),
  };
}
