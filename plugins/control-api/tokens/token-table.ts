import type { Contracts } from 'devservices';

type Database = Contracts['database'];
type Schema = Parameters<Database['open']>[0];
type Migration = Schema['migrations'][string];

/** What is kept of a token; `sudo` is 0 or 1 in both dialects. */
export interface TokenRow {
  id: string;
  name: string;
  /** Of the text, SHA-256 in hex. */
  hash: string;
  user_id: string;
  username: string;
  /** A JSON list. */
  permissions: string;
  sudo: number;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  revoked_at: string | null;
  revoked_by: string | null;
  last_used_at: string | null;
}

export interface TokenTables {
  devservices_api_token: TokenRow;
}

export const tokenSchema: Schema = {
  owner: 'control-api',
  migrations: { '0001-api-token': createTable },
};

/** The index by which a name is taken only once among tokens that were not revoked. */
export const nameIndex = 'devservices_api_token_name';

async function createTable({ schema }: Parameters<Migration>[0]): Promise<void> {
  await schema
    .createTable('devservices_api_token')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('permissions', 'text', (column) => column.notNull())
    .addColumn('sudo', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('revoked_at', 'text')
    .addColumn('revoked_by', 'text')
    .addColumn('last_used_at', 'text')
    .addUniqueConstraint('devservices_api_token_hash', ['hash'])
    .execute();
  await schema
    .createIndex(nameIndex)
    .unique()
    .on('devservices_api_token')
    .column('name')
    .where('revoked_at' as never, 'is', null)
    .execute();
}
