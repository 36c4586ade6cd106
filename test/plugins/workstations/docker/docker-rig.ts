import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Dockerode from 'dockerode';
import { onTestFinished } from 'vitest';
import { createShell } from '../../../../core/command.ts';
import { systemClock } from '../../../../core/clock.ts';
import type {
  Workstation,
  WorkstationProvider,
} from '../../../../plugins/workstations/contract.ts';
import { createDockerProvider } from '../../../../plugins/workstations/docker/docker-provider.ts';
import type { DockerProviderOptions } from '../../../../plugins/workstations/docker/docker-side.ts';
import { filtersOf } from '../../../../plugins/workstations/docker/own-names.ts';
import { openSshFolder, type SshFolder } from '../../../../plugins/workstations/ssh/ssh-folder.ts';
import { openTunnels } from '../../../../plugins/workstations/tunnels/open-tunnels.ts';
import { findMarked } from '../../../../plugins/workstations/tunnels/tunnel-processes.ts';
import { writeArchive } from '../../../../core/write-archive.ts';
import { finish } from '../../../rig/engine/build-image.ts';
import type { TestEngine } from '../../../rig/engine/ensure-engine.ts';

/** Workstations of a project of a test's own, on the engine of the tests. */
export interface DockerRig {
  docker: Dockerode;
  project: string;
  owner: { project: string; checkout: string };
  /** Folder of the repo. */
  root: string;
  ssh: SshFolder;
  /** What the provider warned of. */
  warnings: string[];
  /** What it said while it made something. */
  said: string[];
  provider(options?: Partial<DockerProviderOptions>): WorkstationProvider;
  /** Makes one, and looks at it. */
  make(name: string, options?: Partial<DockerProviderOptions>): Promise<Workstation>;
  /** Runs a line of shell there, by real ssh through a tunnel. */
  run(workstation: Workstation, line: string): Promise<Ran>;
  /** Ends the tunnels. */
  disconnect(): Promise<void>;
  /** Names of all that is there of the project, by kind. */
  found(): Promise<{ containers: string[]; networks: string[]; volumes: string[] }>;
  /** Removes all that is there of the project. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export const never = new AbortController().signal;

export function createDockerRig(engine: TestEngine): DockerRig {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ds-box-')));
  const root = join(folder, 'shop');
  mkdirSync(root);
  const docker = new Dockerode({ socketPath: engine.socketPath });
  const project = `ds-box-${randomBytes(4).toString('hex')}`;
  const owner = { project, checkout: randomBytes(6).toString('hex') };
  const $ = createShell({
    allowed: ['ssh', 'ssh-keygen', 'git'],
    who: 'the plugin workstations',
    cwd: root,
    env: () => Promise.reject(new Error('nothing of the project is asked for')),
    signal: never,
  });
  const ssh = openSshFolder({ folder: join(folder, 'ssh'), $ });
  const tunnels = openTunnels({
    folder: join(folder, 'tunnels'),
    clock: systemClock,
    env: process.env,
  });
  const warnings: string[] = [];
  const said: string[] = [];
  const provider: DockerRig['provider'] = (options = {}) =>
    createDockerProvider({
      engine: () => Promise.resolve(docker),
      route: () => Promise.resolve({ url: engine.url, isLocal: true }),
      ...owner,
      root,
      options: { image: engine.images.workstation, build: {} },
      keys: ssh,
      $,
      log: { warn: (text) => void warnings.push(text) },
      ...options,
    });
  const filters = JSON.stringify(filtersOf(owner));
  const list = async () => ({
    containers: await docker.listContainers({ all: true, filters }),
    networks: await docker.listNetworks({ filters }),
    volumes: (await docker.listVolumes({ filters })).Volumes,
  });
  const disconnect = async () => {
    await tunnels.end(
      tunnels.list().map(({ id }) => id),
      never,
    );
  };
  const clear = async () => {
    const { containers, networks, volumes } = await list();
    for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true, v: true });
    for (const { Id } of networks) await docker.getNetwork(Id).remove();
    for (const { Name } of volumes) await docker.getVolume(Name).remove();
  };
  return {
    docker,
    project,
    owner,
    root,
    ssh,
    warnings,
    said,
    provider,
    async make(name, options) {
      const one = provider(options);
      const creation = await one.describeNew(name, never);
      await one.create(creation, { signal: never, say: (text) => void said.push(text) });
      const seen = await one.look(creation, never);
      if (!seen) throw new Error(`There is no ${name}.`);
      return seen;
    },
    async run(workstation, line) {
      const { id, name } = workstation;
      const program = () => provider().tunnel(workstation, 22, never);
      const at = { provider: 'docker', workstation: id, name, remotePort: 22 };
      const { report } = await tunnels.ensure({ ...at, program, signal: never, timeoutMs: 60_000 });
      const login = await provider().login(workstation, never);
      const place = await ssh.place({ workstation: id, name, login, port: report.port });
      return runProgram('ssh', ['-F', place.configFile, '-o', 'BatchMode=yes', place.host, line]);
    },
    disconnect,
    clear,
    async found() {
      const { containers, networks, volumes } = await list();
      const short = (name: string) =>
        name.replace(/^\//, '').replace(`${project}_workstation_`, '');
      return {
        containers: containers.map(({ Names }) => short(Names[0] ?? '')).toSorted(),
        networks: networks.map(({ Name }) => short(Name).replace(/_[0-9a-f]{8}$/, '')).toSorted(),
        volumes: volumes.map(({ Name }) => short(Name)).toSorted(),
      };
    },
    async close() {
      await disconnect().catch(() => {});
      for (const pid of findMarked(`${join(folder, 'tunnels')}/`)) process.kill(pid, 'SIGKILL');
      await clear();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function runProgram(file: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(file, args, (error, stdout, stderr) => {
      const { code } = (error ?? { code: 0 }) as { code?: unknown };
      resolve({ exitCode: typeof code === 'number' ? code : -1, stdout, stderr });
    });
  });
}

/** An image that is the rig's with more; removed when the test has ended. */
export async function buildDerived(
  { socketPath, images }: TestEngine,
  instructions: string,
  from: string = images.workstation,
): Promise<string> {
  const docker = new Dockerode({ socketPath });
  const dockerfile = `FROM ${from}\n${instructions}\n`;
  const tag = `ds-box-image:${randomBytes(4).toString('hex')}`;
  const content = Buffer.from(dockerfile);
  const context = writeArchive([{ path: '/Dockerfile', content, uid: 0, gid: 0, mode: 0o644 }]);
  await finish(
    docker,
    await docker.buildImage(Readable.from([context]), {
      t: tag,
      forcerm: true,
      networkmode: 'none',
    }),
  );
  onTestFinished(() => docker.getImage(tag).remove({ force: true }));
  return tag;
}
