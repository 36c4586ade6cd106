import { once } from 'node:events';
import { sql } from 'kysely';

import { createDatabase } from '../../../../plugins/store/database.ts';
import { notes } from '../notes.ts';

// Another process, which opens the store of a URL when it is told to, and tells what came of it.
process.send?.('here');
const [given] = (await once(process, 'message')) as [string];
process.send?.(await open(given));
process.disconnect();

async function open(url: string): Promise<string> {
  const inspect = () => Promise.reject(new Error('there is no service here'));
  const context = { checkoutFolder: '/nowhere', inspect };
  const database = createDatabase({ options: { url }, context });
  try {
    await database.open({
      owner: notes.owner,
      migrations: {
        ...notes.migrations,
        // Where it ran twice there would be two, and the name is unique.
        '0002-first': async (query) => {
          const title = String(process.pid);
          await sql`insert into notes_note (title, is_done) values (${title}, 0)`.execute(query);
        },
      },
    });
    return 'open';
  } catch (error) {
    return String(error);
  }
  // Nothing is closed: a process may end with its connections open.
}
