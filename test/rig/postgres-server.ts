import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

import program from '../../plugins/embedded/postgres/program.ts';
import { findPlainUser } from '../../plugins/process/runner/plain-user.ts';
import { freePorts } from './free-ports.ts';

/** A real Postgres on 127.0.0.1, where the user `postgres` needs no password. */
export interface PostgresServer {
  readonly port: number;
  /** Has `pg_hba.conf` in it. */
  readonly clusterFolder: string;
  /** Makes an empty database of its own and resolves to its URL. */
  createDatabase(): Promise<string>;
  /** The rows that one statement has, in the database of a URL; without one, in `postgres`. */
  ask(sql: string, url?: string): Promise<Record<string, unknown>[]>;
  /** Ends it: SIGINT as `down` would, SIGKILL as a crash; resolves when it is gone. */
  end(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** Starts it again, on the same port and with what it had. */
  start(): Promise<void>;
  /** Ends it and removes what it had. */
  [Symbol.asyncDispose](): Promise<void>;
}

const repo = join(import.meta.dirname, '../..');

/** Starts one in a temp folder; it does not outlive this process, however that ends. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'devservices-test-postgres-')));
  const [port] = await freePorts(1);
  const launch = await prepare(folder, port).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  let running = await launch();
  let made = 0;
  const urlOf = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const ask: PostgresServer['ask'] = async (sql, url = urlOf('postgres')) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  return {
    port,
    clusterFolder: join(folder, 'kept', 'cluster'),
    ask,
    async createDatabase() {
      made++;
      await ask(`create database "test-${made}"`);
      return urlOf(`test-${made}`);
    },
    end: (signal) => running.end(signal),
    async start() {
      running = await launch();
    },
    async [Symbol.asyncDispose]() {
      await running.end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Running {
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Makes its cluster, as the embedded program does; what it resolves to starts the server. */
async function prepare(folder: string, port: number): Promise<() => Promise<Running>> {
  const user = process.getuid?.() === 0 ? findPlainUser() : undefined;
  const dataFolder = join(folder, 'kept');
  chmodSync(folder, 0o755);
  mkdirSync(dataFolder, { mode: 0o700 });
  if (user) chownSync(dataFolder, user.uid, user.gid);
  const { before, command } = await program.resolve({
    service: 'postgres',
    // What the kernel has outlives a killed server, and no test cuts the power.
    options: { settings: { fsync: 'off', full_page_writes: 'off' } },
    root: repo,
    cacheFolder: join(folder, 'cache'),
    dataFolder,
    ports: [{ name: 'sql', container: port, host: port, protocol: 'tcp' }],
    ...(user && { user }),
  });
  const as = { cwd: dataFolder, ...(user && { uid: user.uid, gid: user.gid }) };
  for (const [file, ...args] of before) {
    const done = spawnSync(file, args, { ...as, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`Postgres: ${done.stdout}${done.stderr}`);
  }
  return async () => {
    const [file, ...args] = command;
    const server = spawn(file, args, { ...as, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(server, 'close');
    const watch = watchOver(server, folder);
    await saysReady(server, ended);
    return {
      async end(signal) {
        server.kill(signal);
        await ended;
        watch.kill('SIGKILL');
      },
    };
  };
}

/** Ends the server when this process has ended without doing so: then what the watch reads from ends. */
function watchOver({ pid }: ChildProcess, folder: string): ChildProcess {
  // Where nobody buries the dead it is there for ever, as its own corpse.
  const script = `cat >/dev/null; kill -QUIT "$1"; left=100
    while [ $left -gt 0 ] && kill -0 "$1"; do left=$((left - 1)); sleep 0.1; done; rm -rf "$2"`;
  const watch = spawn('/bin/sh', ['-c', script, 'watch', String(pid), folder], {
    // Ctrl-C is for the tests.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.unref();
  (watch.stdin as unknown as { unref(): void }).unref();
  return watch;
}

async function saysReady(server: ChildProcess, ended: Promise<unknown>): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('ready to accept connections')) resolve();
    });
    void ended.then(() => reject(new Error(`Postgres ended: ${output}`)));
  });
}
