import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { PermissionsCheckout } from './permissions-checkout.ts';

/** A process of its own that adds and removes ada's permissions as fast as it can, until it is killed. */
export interface PermissionWriter {
  readonly pid: number;
  /** What it said that it had changed, in order: `added mail.read`; or why it ended: `failed CODE`. */
  readonly said: readonly string[];
  /** Begins; resolves when it has made its first change. */
  begin(): Promise<void>;
  /** Stands still, as dead as can be while the kernel keeps what it holds. */
  freeze(): Promise<void>;
  kill(): Promise<void>;
  readonly ended: Promise<unknown>;
}

/** It has everything loaded, and has opened nothing. */
export async function startPermissionWriter(
  checkout: PermissionsCheckout,
): Promise<PermissionWriter> {
  checkout.write({ 'writer.mjs': script });
  const { root: cwd, env } = checkout;
  const child = spawn(process.execPath, ['writer.mjs'], { cwd, env, stdio: 'pipe' });
  const ended = once(child, 'close');
  const lines: string[] = [];
  let errors = '';
  let rest = '';
  let look = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.on('error', () => {});
  const has = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      look = () => {
        if (lines.length >= count) resolve();
      };
      void ended.then(() => reject(new Error(`The writer ended: ${errors}`)));
      look();
    });
  await has(1);
  return {
    pid: child.pid as number,
    get said() {
      return lines.slice(1);
    },
    async begin() {
      child.stdin.write('go\n');
      await has(2);
    },
    async freeze() {
      child.kill('SIGSTOP');
      while (!isStopped(child)) await wait(1);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}

// Ends by itself when nobody is there any more who could kill it.
const script = `
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { createHost } from 'devservices';

const host = createHost();
await host.configure();
await host.initialize('writer');
const permissions = await host.use('permissions');
process.stdin.on('end', () => process.exit());
console.log('ready');
await once(process.stdin, 'data');
try {
  for (let at = 0; ; at++) {
    const permission = ['mail.read', 'mail.send', 'mail.drop'][at % 3];
    const request = { user: 'ada', permission, by: 'os:writer' };
    let { change } = await permissions.add(request);
    if (change === 'unchanged') ({ change } = await permissions.remove(request));
    console.log(change + ' ' + permission);
    await turn();
  }
} catch (error) {
  console.log('failed ' + error.code);
  process.exit();
}
`;

function isStopped({ pid }: ChildProcess): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
