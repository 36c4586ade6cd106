import { createServer, type ServerResponse } from 'node:http';
import pg from 'pg';

// A page that says how this repo's own services are: 503 until all of them answer.
const { DATABASE_URL = '', MAIL_URL = '', PORT = '4000' } = process.env;

const looks: Readonly<Record<string, () => Promise<string>>> = {
  async postgres() {
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    try {
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return `version ${rows[0]?.server_version}`;
    } finally {
      await client.end();
    }
  },
  async mail() {
    const response = await fetch(`${MAIL_URL}/api/email`);
    return `${((await response.json()) as unknown[]).length} mails`;
  },
};

async function answer(response: ServerResponse): Promise<void> {
  const said = await Promise.allSettled(Object.values(looks).map((look) => look()));
  const lines = Object.keys(looks).map((name, at) => {
    const one = said[at];
    return `${name}: ${one?.status === 'fulfilled' ? one.value : `away (${one?.reason})`}\n`;
  });
  const isWell = said.every(({ status }) => status === 'fulfilled');
  response.writeHead(isWell ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(lines.join(''));
}

createServer((_, response) => void answer(response)).listen(Number(PORT), '127.0.0.1');
