import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installMissing } from './engine/install-packages.ts';
import { runFolder } from './engine/places.ts';
import { freePorts } from './free-ports.ts';
import { commandLines, pidsNaming } from './command-lines.ts';

/** An sshd of a test's own, and an `ssh` that knows nothing of this machine's user. */
export interface SshServer {
  /** Of 127.0.0.1; 22 where it is on another machine, which only `Host box` leads to. */
  readonly port: number;
  /** What its client logs in with. */
  readonly identityFile: string;
  /** Path of one of its files: `host_key.pub`, `authorized_keys`. */
  file(name: string): string;
  /** `PATH` with the `ssh` that reads this folder's configuration, keys and known hosts. */
  readonly path: string;
  /** The same for who calls `ssh -F`. */
  readonly configFile: string;
  /** Of its client: `Host box` is the server. */
  writeClientConfig(more: string): void;
  /** Whether the client knows the server's key, or knew another one. */
  setKnown(isKnown: boolean | 'changed'): void;
  /** Command lines of this client's processes that live. */
  clients(): string[];
  /** Command of an sshd that serves one connection, its input and output. */
  readonly inside: readonly string[];
  /** Kills them all, without a chance to clean up. */
  killClients(): void;
  close(): Promise<void>;
}

/**
 * `environment` is that of the commands that run there. With `on`, a process, it has that one's network
 * and mounts: each connection is an sshd in there, and none listens.
 */
export async function startSshServer(
  environment: Readonly<Record<string, string>> = {},
  { on }: { on?: number } = {},
): Promise<SshServer> {
  await installMissing({ programs: ['sshd', 'ssh'], packages: ['openssh-server'] });
  // Folders for temporary files are not the same there.
  const folder = mkdtempSync(join(on === undefined ? tmpdir() : runFolder(), 'ds-ssh-'));
  const file = (name: string) => join(folder, name);
  const [port = 22] = on === undefined ? await freePorts(1) : [];
  const sshd = ['/usr/sbin/sshd', '-i', '-f', file('sshd_config')];
  const enter = ['nsenter', '--target', String(on), '--net', '--mount'];
  const inside = on === undefined ? sshd : [...enter, ...sshd];
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
      'User root',
      ...(on === undefined
        ? ['HostName 127.0.0.1', `Port ${port}`]
        : ['HostName box.test', `ProxyCommand ${inside.join(' ')}`]),
      more,
    ]);
  writeClientConfig('');
  mkdirSync(file('bin'));
  write('bin/ssh', ['#!/bin/sh', `exec /usr/bin/ssh -F ${file('ssh_config')} "$@"`]);
  chmodSync(file('bin/ssh'), 0o700);
  const setKnown: SshServer['setKnown'] = (isKnown) => {
    const key = readFileSync(file(isKnown === true ? 'host_key.pub' : 'user_key.pub'), 'utf8');
    const name = on === undefined ? `[127.0.0.1]:${port}` : 'box.test';
    write('known_hosts', isKnown ? [`${name} ${key.trim()}`] : []);
  };
  setKnown(true);
  // What it separates its privileges with; the package's service would make it.
  mkdirSync('/run/sshd', { recursive: true });
  const server = on === undefined ? await listen(file('sshd_config')) : undefined;
  const killClients = () => {
    for (const pid of pidsNaming(file('ssh_config'))) process.kill(pid, 'SIGKILL');
  };
  return {
    file,
    port,
    identityFile: file('user_key'),
    path: `${file('bin')}:${process.env['PATH']}`,
    configFile: file('ssh_config'),
    writeClientConfig,
    setKnown,
    clients: () => commandLines().filter((line) => line.includes(file('ssh_config'))),
    inside,
    killClients,
    async close() {
      killClients();
      server?.kill();
      if (server) await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listen(configFile: string): Promise<ChildProcess> {
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', configFile], {
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
  return server;
}
