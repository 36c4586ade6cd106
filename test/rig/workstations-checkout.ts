import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ReportedError } from '../../core/events.ts';
import { type Checkout, createCheckout, type Ran, type RunOptions } from './checkout.ts';
import { endLeftProcesses, processesOf } from './left-processes.ts';
import { type SshServer, startSshServer } from './ssh-server.ts';
import { startWorkstationsApi } from './workstations-api/start-workstations-api.ts';
import type { WorkstationsApi } from './workstations-api/workstations-api.ts';

/** A repo whose workstations are in the rig's cloud, where each of them is the same real sshd. */
export interface WorkstationsCheckout extends Checkout {
  readonly api: WorkstationsApi;
  readonly sshd: SshServer;
  /** What its tasks have besides: the cloud's variables, and an `ssh` with a key for the sshd. */
  readonly environment: Readonly<Record<string, string>>;
  /** `devservices workstations list`: `call(['list'])`, by gcloud in the rig's cloud. */
  call(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same with `--json`: what it gave. Expects it to go well. */
  ask<Answer>(words: readonly string[], options?: RunOptions): Promise<Answer>;
  /** The same, expecting it to be refused with this status; what it says in full. */
  refusal(
    exitCode: number,
    words: readonly string[],
    options?: RunOptions,
  ): Promise<{ code: string; message: string; hint: string }>;
  /** A folder for the front of the PATH, with programs: a shell's script each. */
  programs(scripts: Readonly<Record<string, string>>): string;
  /** A PATH on which are these programs of this machine, and no others. */
  only(programs: readonly string[]): string;
  /** Command lines of what tasks started, and that lives. */
  living(): string[];
}

/** `options` are those of the plugin, as TypeScript. */
export async function createWorkstationsCheckout(
  options = `{ gcloud: { project: 'acme', user: 'root', folder: '/tmp' } }`,
): Promise<WorkstationsCheckout> {
  const sshd = await startSshServer();
  const api = await startWorkstationsApi({ ports: { 22: sshd.port } });
  const checkout = createCheckout(null);
  let folders = 0;
  const newFolder = (): string => {
    folders += 1;
    const folder = join(checkout.outside, `programs-${folders}`);
    mkdirSync(folder);
    return folder;
  };
  const programs = (scripts: Readonly<Record<string, string>>): string => {
    const folder = newFolder();
    for (const [name, script] of Object.entries(scripts)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o700);
    }
    return folder;
  };
  // The key is one that ssh would find by itself, and this machine's user has none for this sshd.
  const withKey = programs({ ssh: `exec /usr/bin/ssh -o IdentityFile=${sshd.identityFile} "$@"` });
  const environment = { PATH: `${withKey}:${process.env['PATH']}`, ...api.environment };
  checkout.write({
    'devservices.config.ts': `
      import { defineConfig } from 'devservices';
      import { workstations } from 'devservices/plugins/workstations';
      export default defineConfig({ services: {}, plugins: [workstations(${options})] });`,
  });
  const call: WorkstationsCheckout['call'] = (words, { env = {}, ...more } = {}) =>
    checkout.task('workstations', words, {
      ...more,
      env: { ...environment, ...env },
    });
  return {
    ...checkout,
    api,
    sshd,
    environment,
    call,
    async ask<Answer>(words: readonly string[], more?: RunOptions) {
      const ran = await call([...words, '--json'], more);
      expect(ran.exitCode, ending(ran)).toBe(0);
      const { result, ...document } = lastDocument(ran);
      return (result ?? document) as Answer;
    },
    async refusal(exitCode, words, more) {
      const ran = await call([...words, '--json'], more);
      expect(ran.exitCode, ending(ran)).toBe(exitCode);
      const { errors = [] } = lastDocument(ran);
      expect(errors).toHaveLength(1);
      const [{ code, message, hint } = { code: '', message: '', hint: '' }] = errors;
      return { code, message, hint };
    },
    programs,
    only(names) {
      const folder = newFolder();
      for (const name of names) symlinkSync(whereIs(name), join(folder, name));
      return folder;
    },
    living: () => processesOf(checkout.stateHome).map(({ command }) => command),
    async [Symbol.asyncDispose]() {
      endLeftProcesses(checkout.stateHome, processesOf);
      await api.close();
      await sshd.close();
      await checkout[Symbol.asyncDispose]();
    },
  };
}

/** An answer is one document over several lines, an act ends with one line. */
function lastDocument({ stdout }: Ran): { result?: unknown; errors?: readonly ReportedError[] } {
  const text = stdout.trim();
  const last = text.startsWith('{\n') ? text : (text.split('\n').at(-1) ?? '');
  return JSON.parse(last) as ReturnType<typeof lastDocument>;
}

function ending({ stdout, stderr }: Ran): string {
  return `${stdout.slice(-2000)}\n${stderr}`;
}

function whereIs(name: string): string {
  return name === 'node' ? process.execPath : join('/usr/bin', name);
}
