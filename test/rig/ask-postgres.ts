import pg from 'pg';

/** The rows that one query on 127.0.0.1 has. */
export async function askPostgres(
  { port, database = 'app' }: { port: number; database?: string },
  sql: string,
): Promise<unknown[]> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}
