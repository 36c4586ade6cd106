import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from '../core/index.ts';
import type { ProjectOptions } from '../plugins/project-options/contract.ts';
import { createProjectOptions } from '../plugins/project-options/create-project-options.ts';
import type { Database } from '../plugins/store/contract.ts';
import { createDatabase } from '../plugins/store/database.ts';
import { startPostgres } from '../test/rig/postgres-server.ts';
import { measureInTurns, type Times } from './measure.ts';
import { createRow, type Row } from './row.ts';

const keys = Array.from({ length: 50 }, (_, index) => `bench.k${index}`);
const projects = Array.from({ length: 10_000 }, (_, index) => `project-${index}`);
/** How many projects are asked for, and how often in a row: a run of a few milliseconds says little. */
const sizes = [
  { count: 100, repeats: 20 },
  { count: 1000, repeats: 3 },
  { count: 10_000, repeats: 1 },
] as const;

/** What a value costs in a `get` of 50 keys, all stored, by the number of projects: where it grows, `get` is not linear. */
export async function measureOptions(runs: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'devservices-bench-'));
  const server = await startPostgres();
  try {
    return [
      ...(await measureOn('libsql', { folder, runs })),
      ...(await measureOn('Postgres', { folder, runs, url: await server.createDatabase() })),
    ];
  } finally {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  folder: string;
  runs: number;
  url?: string;
}

async function measureOn(name: string, { folder, runs, url }: Place): Promise<Row[]> {
  const inspect = () => Promise.reject(new Error('no service is asked for'));
  const database = createDatabase({
    options: { url },
    context: { checkoutFolder: folder, inspect },
  });
  try {
    const options = createProjectOptions({
      database: async () => database,
      allows: async () => false,
    });
    for (const key of keys) options.declare({ key, schema: z.number() });
    await fill(database, options);
    const nameOf = (count: number) => `options get, ${count} projects, ${name}`;
    const times = await measureInTurns(
      sizes.map((size) => ({ name: nameOf(size.count), run: () => getAll(options, size) })),
      { runs },
    );
    const eachNs: Times = new Map(
      sizes.map(({ count, repeats }) => {
        const values = count * repeats * keys.length;
        return [nameOf(count), times.get(nameOf(count))?.map((ms) => (ms * 1e6) / values) ?? []];
      }),
    );
    return [
      [1000, 100],
      [10_000, 1000],
      [10_000, 100],
    ].map(([more = 0, fewer = 0]) => ({
      ...createRow(eachNs, { subject: nameOf(more), peer: nameOf(fewer) }),
      unit: 'ns',
    }));
  } finally {
    await database.close();
  }
}

async function getAll(
  options: ProjectOptions,
  { count, repeats }: { count: number; repeats: number },
): Promise<void> {
  for (let turn = 0; turn < repeats; turn++) {
    const asked = projects.slice(turn * count, (turn + 1) * count);
    const report = await options.get({ projects: asked, keys, asker: 'owner' });
    const last = report.projects[asked.at(-1) ?? '']?.[keys.at(-1) ?? ''];
    if (last?.isStored !== true) throw new Error('A value that is stored was not found.');
  }
}

async function fill(database: Database, options: ProjectOptions): Promise<void> {
  // Makes the table.
  await options.unset({ project: 'none', key: 'none', by: 'bench' });
  const { change } = await database.open<{ devservices_option: Record<string, string> }>({
    owner: 'bench',
    migrations: {},
  });
  const at = new Date().toISOString();
  await change(async (query) => {
    for (let first = 0; first < projects.length; first += 100) {
      const rows = projects.slice(first, first + 100).flatMap((project) =>
        keys.map((key, index) => ({
          project,
          key,
          value: String(index),
          updated_at: at,
          updated_by: 'bench',
        })),
      );
      await query.insertInto('devservices_option').values(rows).execute();
    }
  });
}
