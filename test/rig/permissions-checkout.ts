import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { AuditEntry, User } from '../../plugins/permissions/contract.ts';
import { type Checkout, createCheckout, type Ran } from './checkout.ts';

/** A checkout whose users and permissions are in a store, and what is in there, seen without us. */
export interface PermissionsCheckout extends Checkout {
  /** `devservices permissions WORDS… --json`. */
  permissions(...words: string[]): Promise<Ran>;
  /** Where the store's file is, once a command has run. */
  storeFile(): string;
  /**
   * What the store has at one moment. Of a file what a loss of power would leave: a copy is looked at, so
   * that nobody here has it open when the next one finds what another left. Throws where it is damaged.
   */
  state(): Promise<StoredState>;
}

export interface StoredState {
  /** Sorted, as all of this but the log. */
  users: string[];
  /** `ada mail.read`. */
  held: string[];
  /** The oldest first. */
  entries: Pick<AuditEntry, 'action' | 'username' | 'detail'>[];
}

/** What a change's command said it had come to: `added`, `unchanged`, or how it failed. */
export function outcomeOf({ exitCode, stdout, stderr }: Ran): string {
  const lines = stdout.split('\n').filter(Boolean);
  const { ok, errors, result } = JSON.parse(lines.at(-1) ?? '{}') as {
    ok?: boolean;
    errors?: { code: string; message: string }[];
    result?: { change: string; user: User };
  };
  if (exitCode === 0 && ok && result && errors?.length === 0) return result.change;
  return `exit ${exitCode}: ${JSON.stringify(errors ?? stderr)}`;
}

/** How often each of them occurs. */
export function countEach(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/**
 * What the log says that users have been given, sorted. Throws where an entry tells of something that was
 * so already: then it tells of a change that was none, or one before it was lost.
 */
export function replay(entries: StoredState['entries']): string[] {
  const held = new Set<string>();
  for (const { action, username, detail } of entries) {
    const words = `${username} ${detail}`;
    if (!action.startsWith('permission-')) continue;
    const isAdded = action === 'permission-added';
    if (held.has(words) === isAdded) throw new Error(`the log says twice: ${action} ${words}`);
    if (isAdded) held.add(words);
    else held.delete(words);
  }
  return [...held].toSorted();
}

/**
 * Makes one, with `store` in the configuration as a user writes it. The store is at `url`, or a file of the
 * checkout.
 */
export function createPermissionsCheckout({
  store = {},
  services = '{}',
  url = store.url,
}: {
  store?: { url?: string; service?: string };
  services?: string;
  url?: string | undefined;
} = {}): PermissionsCheckout {
  const checkout = createCheckout(null);
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  checkout.write({
    'devservices.config.ts': `
import { embeddedPostgres } from 'devservices/embedded';
import { permissions } from 'devservices/plugins/permissions';
import { store } from 'devservices/plugins/store';
const declare = ['mail.read', 'mail.send', 'mail.drop'].map((name) => ({ name, description: name }));
export default {
  plugins: [store(${JSON.stringify(store)}), permissions({ declare })],
  services: ${services},
};\n`,
  });
  const storeFile = (): string => {
    const home = join(checkout.stateHome, 'devservices');
    const ids = existsSync(home) ? readdirSync(home) : [];
    const id = ids.find((name) => /^[0-9a-f]{12}$/.test(name));
    if (id === undefined) throw new Error('No command has run in this checkout yet.');
    return join(home, id, 'store.sqlite');
  };
  return {
    ...checkout,
    permissions: (...words) => checkout.task('permissions', [...words, '--json']),
    storeFile,
    state: async () => toState(url ? await askUrl(url) : askFile(storeFile())),
  };
}

const statements = [
  'select username from devservices_user',
  `select username, permission from devservices_permission
     join devservices_user on id = user_id`,
  'select action, username, detail from devservices_audit order by id',
];

type Rows = Record<string, string>[];

function toState([users = [], held = [], entries = []]: Rows[]): StoredState {
  return {
    users: users.map(({ username }) => String(username)).toSorted(),
    held: held.map(({ username, permission }) => `${username} ${permission}`).toSorted(),
    entries: entries as unknown as StoredState['entries'],
  };
}

function askFile(file: string): Rows[] {
  const folder = mkdtempSync(join(tmpdir(), 'devservices-test-'));
  const copy = join(folder, 'store.sqlite');
  for (const end of ['', '-wal']) {
    if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, `${copy}${end}`);
  }
  const database = new Libsql(copy);
  try {
    const found = JSON.stringify(database.prepare('pragma integrity_check').all());
    if (found !== '[{"integrity_check":"ok"}]') throw new Error(`The store is damaged: ${found}`);
    return statements.map((sql) => database.prepare(sql).all() as Rows);
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

async function askUrl(url: string): Promise<Rows[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // What a client that was killed had asked for may still be done.
    await client.query('begin; lock table devservices_permission, devservices_audit in share mode');
    const found: Rows[] = [];
    for (const sql of statements) found.push((await client.query(sql)).rows as Rows);
    return found;
  } finally {
    await client.end();
  }
}
