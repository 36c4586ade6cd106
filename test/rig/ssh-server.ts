import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installMissing } from './engine/install-packages.ts';
import { freePorts } from './free-ports.ts';
import { commandLines } from './command-lines.ts';

/** An sshd of a test's own on 127.0.0.1, and an `ssh` that knows nothing of this machine's user. */
export interface SshServer {
  readonly port: number;
  /** `PATH` with the `ssh` that reads this folder's configuration, keys and known hosts. */
  readonly path: string;
  /** Of its client: `Host box` is the server. */
  writeClientConfig(more: string): void;
  /** Whether the client knows the server's key. */
  setKnown(isKnown: boolean): void;
  /** Command lines of this client's processes that live. */
  clients(): string[];
  close(): Promise<void>;
}

/** `environment` is that of the commands that run there. */
export async function startSshServer(
  environment: Readonly<Record<string, string>> = {},
): Promise<SshServer> {
  await installMissing({ programs: ['sshd', 'ssh'], packages: ['openssh-server'] });
  const folder = mkdtempSync(join(tmpdir(), 'ds-ssh-'));
  const file = (name: string) => join(folder, name);
  const [port] = await freePorts(1);
  for (const name of ['host_key', 'user_key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  }
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(file(name), `${lines.join('\n')}\n`, { mode: 0o600 });
  write('authorized_keys', [readFileSync(file('user_key.pub'), 'utf8').trim()]);
  write('sshd_config', [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host_key')}`,
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    `PidFile ${file('sshd.pid')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'StrictModes no',
    'UsePAM no',
    `SetEnv ${Object.entries({ LC_TEST: '1', ...environment })
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
  ]);
  const writeClientConfig = (more: string) =>
    write('ssh_config', [
      'Host *',
      `IdentityFile ${file('user_key')}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${file('known_hosts')}`,
      'GlobalKnownHostsFile /dev/null',
      'Host box',
      'HostName 127.0.0.1',
      `Port ${port}`,
      'User root',
      more,
    ]);
  writeClientConfig('');
  mkdirSync(file('bin'));
  write('bin/ssh', ['#!/bin/sh', `exec /usr/bin/ssh -F ${file('ssh_config')} "$@"`]);
  chmodSync(file('bin/ssh'), 0o700);
  const setKnown = (isKnown: boolean) => {
    const key = readFileSync(file('host_key.pub'), 'utf8').trim();
    write('known_hosts', isKnown ? [`[127.0.0.1]:${port} ${key}`] : []);
  };
  setKnown(true);
  // What it separates its privileges with; the package's service would make it.
  mkdirSync('/run/sshd', { recursive: true });
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Server listening')) resolve();
    });
    server.once('exit', () => reject(new Error(`sshd ended at once:\n${said}`)));
  });
  return {
    port,
    path: `${file('bin')}:${process.env['PATH']}`,
    writeClientConfig,
    setKnown,
    clients: () => commandLines().filter((line) => line.includes(file('ssh_config'))),
    async close() {
      server.kill();
      await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
