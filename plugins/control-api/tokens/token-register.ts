import { randomUUID } from 'node:crypto';
import type { Contracts } from 'devservices';
import { apiErrors } from '../errors.ts';
import type { ApiToken, ApiTokens, FoundToken } from './api-tokens.ts';
import { resolveExpiry } from './resolve-expiry.ts';
import { createTokenStore } from './token-store.ts';
import type { TokenRow } from './token-table.ts';
import { createTokenText, hashToken, isSameHash, isTokenText, looksSecret } from './token-text.ts';

interface Needs {
  /** Asked on first use of what is stored. */
  database(): Promise<Contracts['database']>;
  permissions(): Promise<Contracts['permissions']>;
  /** Milliseconds since the epoch. */
  now(): number;
}

const minuteMs = 60_000;
// Who may use this API is said by our own users: those of the application have no rights here.
const directory = 'store';

/** The rules of tokens. */
export function createTokenRegister({ database, permissions, now }: Needs): ApiTokens {
  const store = createTokenStore(database);
  const listeners = new Set<(id: string) => void>();
  const noted = new Map<string, number>();
  const iso = (ms: number): string => new Date(ms).toISOString();

  const stateOf = ({ revoked_at, expires_at }: TokenRow): ApiToken['state'] => {
    // One that gave its name to the next is marked as of when it expired.
    if (revoked_at !== null) return revoked_at === expires_at ? 'expired' : 'revoked';
    return expires_at !== null && expires_at <= iso(now()) ? 'expired' : 'live';
  };
  const resolve = async (row: TokenRow): Promise<FoundToken | undefined> => {
    if (stateOf(row) !== 'live') return undefined;
    const { users } = await permissions();
    const user = await users.find({ directory, user: `id:${row.user_id}` });
    if (!user?.active) return undefined;
    const { id, name, sudo } = row;
    return { id, name, user: user.username, permissions: permissionsOf(row), sudo: sudo === 1 };
  };
  const note = async (id: string): Promise<void> => {
    const nowMs = now();
    if (nowMs - (noted.get(id) ?? -Infinity) < minuteMs) return;
    noted.set(id, nowMs);
    // A store that takes no writes for a moment is no reason to refuse whoever only reads.
    const used = { at: iso(nowMs), unlessSince: iso(nowMs - minuteMs) };
    await store.touch(id, used).catch(() => noted.delete(id));
  };

  return {
    async add({ name, user, permissions: asked = [], sudo = false, expires, by }) {
      assertName(name);
      const nowMs = now();
      const expiresAt = expires === undefined ? null : resolveExpiry(expires, nowMs);
      const register = await permissions();
      const names = [...new Set(asked)].toSorted();
      const known = register.declared().map((declared) => declared.name);
      const unknown = names.find((one) => !known.includes(one));
      if (unknown !== undefined) {
        throw apiErrors.create('DS_API_PERMISSION_UNKNOWN', { permission: unknown, known });
      }
      const { user: found } = await register.list({ directory, user });
      const token = createTokenText();
      const row: TokenRow = {
        id: randomUUID(),
        name,
        hash: hashToken(token),
        user_id: found.id,
        username: found.username,
        permissions: JSON.stringify(names),
        sudo: sudo ? 1 : 0,
        created_at: iso(nowMs),
        created_by: by,
        expires_at: expiresAt,
        revoked_at: null,
        revoked_by: null,
        last_used_at: null,
      };
      if (await store.add(row)) return { token, entry: toToken(row, stateOf(row)) };
      throw apiErrors.create('DS_API_TOKEN_EXISTS', { name });
    },
    async list() {
      const rows = sortRows(await store.all());
      return rows.map((row) => toToken(row, stateOf(row)));
    },
    async revoke({ token, by }) {
      const rows = sortRows(await store.all());
      const named = rows.filter(namedBy(token));
      const row = named.find(({ revoked_at }) => revoked_at === null) ?? named[0];
      if (row === undefined) {
        const known = rows.filter((one) => stateOf(one) === 'live').map(({ name }) => name);
        throw apiErrors.create('DS_API_TOKEN_UNKNOWN', { given: withoutSecret(token), known });
      }
      const isNew = await store.revoke(row.id, { at: iso(now()), by });
      if (isNew) for (const listener of listeners) listener(row.id);
      const after = (await store.findById(row.id)) ?? row;
      return { change: isNew ? 'revoked' : 'unchanged', entry: toToken(after, stateOf(after)) };
    },
    async find(text) {
      if (!isTokenText(text)) return undefined;
      const hash = hashToken(text);
      const row = await store.findByHash(hash);
      if (row === undefined || !isSameHash(row.hash, hash)) return undefined;
      const found = await resolve(row);
      if (found) await note(found.id);
      return found;
    },
    async look(id) {
      const row = await store.findById(id);
      return row && resolve(row);
    },
    onRevoked(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function assertName(name: string): void {
  const problem = problemOfName(name);
  if (problem === undefined) return;
  const given = withoutSecret(name);
  throw apiErrors.create('DS_API_TOKEN_INVALID', { what: 'name', given, problem });
}

function problemOfName(name: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    return 'is no name of letters, digits and . _ -, a letter or digit first';
  }
  if (looksSecret(name)) return 'is how tokens themselves begin';
  return name.length > 64 ? `has ${name.length} characters, and there is room for 64` : undefined;
}

function namedBy(given: string): (row: TokenRow) => boolean {
  if (given.startsWith('id:')) return ({ id }) => id === given.slice('id:'.length);
  if (!isTokenText(given)) return ({ name }) => name === given;
  const hash = hashToken(given);
  return (row) => isSameHash(row.hash, hash);
}

// Errors are kept and sent: a token that was given for a name is not to stand in one.
const withoutSecret = (text: string): string => (looksSecret(text) ? 'dst_…' : text);

function sortRows(rows: readonly TokenRow[]): readonly TokenRow[] {
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return rows.toSorted((a, b) => order(a.name, b.name) || order(b.created_at, a.created_at));
}

// Whatever stands there instead of a list gives no right.
function permissionsOf({ permissions }: TokenRow): readonly string[] {
  try {
    const names: unknown = JSON.parse(permissions);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

function toToken(row: TokenRow, state: ApiToken['state']): ApiToken {
  return {
    id: row.id,
    name: row.name,
    user: row.username,
    permissions: permissionsOf(row),
    sudo: row.sudo === 1,
    state,
    created: row.created_at,
    createdBy: row.created_by,
    expires: row.expires_at,
    revoked: row.revoked_at,
    revokedBy: row.revoked_by,
    lastUsed: row.last_used_at,
  };
}
