import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { mayInstallEngine } from '../engine/install-packages.ts';
import { runCommand } from '../engine/run-command.ts';
import { unpackTrixie } from '../engine/trixie-packages.ts';
import { freePorts } from '../free-ports.ts';

/** A registry on the loopback interface, which engines ask without TLS. */
export interface Registry {
  port: number;
  close(): Promise<void>;
}

/** The one login of a registry that wants one. */
export const login = { username: 'me', password: 'hunter2' } as const;

// The password above, by `htpasswd -B`: the registry knows no other kind.
const passwords = 'me:$2b$05$abcdefghijklmnopqrstuuoXuKqgZXLiJqzfmMXDDhSFPIvxV7t8.\n';

/** Starts Debian's docker-registry on folders of its own; everything of it is gone after `close`. */
export async function startRegistry(options: { wantsLogin?: boolean } = {}): Promise<Registry> {
  const program = await findProgram();
  const folder = await mkdtemp(join(tmpdir(), 'ds-registry-'));
  const [port] = await freePorts(1);
  await writeFile(join(folder, 'passwords'), passwords);
  const auth = { htpasswd: { realm: 'rig', path: join(folder, 'passwords') } };
  // JSON is YAML.
  const config = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: `127.0.0.1:${port}`, relativeurls: true },
    ...(options.wantsLogin ? { auth } : {}),
  };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn(program, ['serve', join(folder, 'config.yml')], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, OTEL_TRACES_EXPORTER: 'none' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const close = async (): Promise<void> => {
    process.off('exit', end);
    const gone = child.exitCode === null ? once(child, 'exit') : undefined;
    end();
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(child);
  } catch (error) {
    await close();
    throw error;
  }
  return { port, close };
}

async function findProgram(): Promise<string> {
  if ((await runCommand('docker-registry', ['--version'])).exitCode === 0) return 'docker-registry';
  if (await mayInstallEngine()) {
    const folder = await unpackTrixie({ name: 'registry', packages: ['docker-registry'] });
    return join(folder, 'usr/bin/docker-registry');
  }
  throw new Error(
    'The tests of pulls need a registry: put docker-registry on PATH (Debian’s package has that name), ' +
      'or skip the tests that need an engine with DEVSERVICES_TEST_ENGINE=none.',
  );
}

async function listening(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (!child.stderr) throw new Error('The registry has no output to read.');
  // It writes as long as it lives, and would be stopped by a pipe that nobody reads.
  const lines = createInterface({ input: child.stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('listening on')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`docker-registry ended:\n${said.join('\n')}`)));
  });
}
