import { createPackedCheckout } from '../test/rig/packed-checkout.ts';
import { assertDone } from './assert-done.ts';
import { measureInTurns } from './measure.ts';
import { createRow, type Row } from './row.ts';
import { bareNode } from './start-up.ts';

const configuration = `
import { defineConfig } from 'devservices';
import { permissions } from 'devservices/plugins/permissions';
import { projectOptions } from 'devservices/plugins/project-options';
import { store } from 'devservices/plugins/store';

export default defineConfig({
  services: {},
  plugins: [
    store(),
    permissions({ declare: [{ name: 'mail.read', description: 'Reads all mail' }] }),
    projectOptions(),
  ],
});
`;

/** What it costs to ask the store something, from the command to its answer. */
export async function measurePermissions(runs: number): Promise<Row[]> {
  const checkout = await createPackedCheckout(null);
  try {
    checkout.write({ 'devservices.config.ts': configuration });
    const run = async (...words: string[]): Promise<void> => assertDone(await checkout.bin(words));
    await run('permissions', 'users', 'add', 'ada', '--superuser');
    await run('permissions', 'add', '--user', 'ada', '--permission', 'mail.read');
    const subjects = [
      {
        name: 'devservices permissions list',
        run: () => run('permissions', 'list', '--user', 'ada'),
      },
      { name: 'devservices env, without services', run: () => run('env') },
    ];
    const times = await measureInTurns([bareNode, ...subjects], { runs });
    return subjects.map(({ name }) => createRow(times, { subject: name, peer: bareNode.name }));
  } finally {
    await checkout[Symbol.asyncDispose]();
  }
}
