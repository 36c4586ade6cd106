import type { Contracts } from 'devservices';
import { nameIndex, type TokenRow, tokenSchema, type TokenTables } from './token-table.ts';

/** Rows of tokens; it knows no rules. */
export interface TokenStore {
  findByHash(hash: string): Promise<TokenRow | undefined>;
  findById(id: string): Promise<TokenRow | undefined>;
  all(): Promise<readonly TokenRow[]>;
  /** False: a token of that name is there that was neither revoked nor has expired. */
  add(row: TokenRow): Promise<boolean>;
  /** False: it was revoked already. */
  revoke(id: string, revoked: { at: string; by: string }): Promise<boolean>;
  /** Notes a use, unless one was noted since `unlessSince`. */
  touch(id: string, used: { at: string; unlessSince: string }): Promise<void>;
}

/** Opened on first use; its methods throw what opening the store throws. */
export function createTokenStore(database: () => Promise<Contracts['database']>): TokenStore {
  const open = async () => (await database()).open<TokenTables>(tokenSchema);
  const table = 'devservices_api_token';
  const findBy = async (column: 'hash' | 'id', value: string) => {
    const { query } = await open();
    return query.selectFrom(table).selectAll().where(column, '=', value).executeTakeFirst();
  };
  return {
    findByHash: (hash) => findBy('hash', hash),
    findById: (id) => findBy('id', id),
    all: async () => (await open()).query.selectFrom(table).selectAll().execute(),
    async add(row) {
      const { name, created_at: at } = row;
      const { change } = await open();
      try {
        await change(async (query) => {
          // What has expired keeps its name from nobody.
          await query
            .updateTable(table)
            .set((column) => ({ revoked_at: column.ref('expires_at') }))
            .where('name', '=', name)
            .where('revoked_at', 'is', null)
            .where('expires_at', '<=', at)
            .execute();
          await query.insertInto(table).values(row).execute();
        });
        return true;
      } catch (thrown) {
        if (isNameTaken(thrown)) return false;
        throw thrown;
      }
    },
    async revoke(id, { at, by }) {
      const { change } = await open();
      const revoked = await change((query) =>
        query
          .updateTable(table)
          .set({ revoked_at: at, revoked_by: by })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .returning('id')
          .execute(),
      );
      return revoked.length > 0;
    },
    async touch(id, { at, unlessSince }) {
      const { change } = await open();
      await change((query) =>
        query
          .updateTable(table)
          .set({ last_used_at: at })
          .where('id', '=', id)
          .where(({ or, eb }) =>
            or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', unlessSince)]),
          )
          .execute(),
      );
    },
  };
}

function isNameTaken(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { code, constraint } = thrown as { code?: unknown; constraint?: unknown };
  if (code === '23505') return constraint === nameIndex;
  // SQLite names columns, and these words are its own.
  const isUnique = code === 'SQLITE_CONSTRAINT_UNIQUE';
  return isUnique && thrown.message.includes('devservices_api_token.name');
}
