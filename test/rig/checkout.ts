import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import Dockerode from 'dockerode';
import { labels } from '../../core/identity/project.ts';
import type { DevServicesEvent, TaskFinished } from '../../core/events.ts';
import type { TestEngine } from './engine/ensure-engine.ts';
import { endLeftProcesses } from './left-processes.ts';
import { packageVariable } from './use-packed.ts';

const repo = join(import.meta.dirname, '../..');
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What one command did. */
export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** What `--json` printed, a value a line. */
  readonly json: readonly (DevServicesEvent & Record<string, unknown>)[];
  /** The last of them, as an action task ends. */
  readonly finished: TaskFinished & { services: Record<string, TaskFinished['services'][string]> };
}

export interface RunOptions {
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** Gets each chunk of stdout as it comes, e.g. to send a signal at the right moment. */
  onOutput?(text: string, kill: (signal: NodeJS.Signals) => void): void;
  /** The same of stderr. */
  onError?(text: string, kill: (signal: NodeJS.Signals) => void): void;
  stdin?: string;
}

/** A folder of its own on which tasks run as a user runs them, with state and engine of its own. */
export interface Checkout {
  readonly root: string;
  /** The folder that holds it: outside of the repo, yet the checkout's own. */
  readonly outside: string;
  readonly stateHome: string;
  readonly docker: Dockerode;
  /** What its tasks are run with. */
  readonly env: NodeJS.ProcessEnv;
  write(files: Readonly<Record<string, string>>): void;
  /** Removes what `write` wrote. */
  clear(): void;
  /** Files of the repo, sorted. */
  list(): string[];
  /** Ids of this checkout's containers by service, running or not. */
  containers(): Promise<Record<string, string>>;
  /** `devservices up --json`, or `tsx tasks/up.ts --json`: `task('up', ['--json'])`. */
  task(name: string, args?: readonly string[], options?: RunOptions): Promise<Ran>;
  run(command: readonly [string, ...string[]], options?: RunOptions): Promise<Ran>;
  /** Ends its processes, removes everything that carries the checkout's labels, its volumes too. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A copy of this repo as a fresh clone has it, its packages installed. */
export function cloneRepo(engine: Pick<TestEngine, 'url' | 'socketPath'> | null): Checkout {
  const checkout = createCheckout(engine, { runs: repo });
  const files = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: repo,
      encoding: 'utf8',
    },
  );
  for (const file of files.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(checkout.root, file)), { recursive: true });
    cpSync(join(repo, file), join(checkout.root, file), { force: true, errorOnExist: false });
  }
  symlinkSync(join(repo, 'node_modules'), join(checkout.root, 'node_modules'));
  return checkout;
}

/**
 * An empty repo with `devservices` being importable, on which the packed package's tasks run, or the
 * sources'. With `beside`, on the same machine as another: they share the registry of checkouts.
 */
export function createCheckout(
  engine: Pick<TestEngine, 'url' | 'socketPath'> | null,
  {
    beside,
    runs = process.env[packageVariable] ?? repo,
  }: { beside?: Checkout; runs?: string } = {},
): Checkout {
  const folder = mkdtempSync(join(tmpdir(), 'ds-'));
  // The engine is shared by all tests, so the project's name has to be this one's own.
  const root = join(folder, basename(folder).toLowerCase());
  const stateHome = beside?.stateHome ?? join(folder, 'state');
  mkdirSync(join(root, '.git'), { recursive: true });
  linkPackage(folder, runs);
  const docker = new Dockerode({ socketPath: engine?.socketPath ?? '/nowhere/docker.sock' });
  const env = {
    ...process.env,
    XDG_STATE_HOME: stateHome,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    DOCKER_HOST: engine?.url ?? 'unix:///nowhere/docker.sock',
    NO_COLOR: '1',
    // A runner of tests leaves traces that change how a child behaves.
    ...Object.fromEntries(
      Object.keys(process.env)
        .filter((name) =>
          /^(VITEST|NODE_OPTIONS|NODE_ENV|TEST|DEV|PROD|MODE|CI$|DEVSERVICES_)/.test(name),
        )
        .map((name) => [name, undefined]),
    ),
  };
  const run: Checkout['run'] = ([command, ...args], options = {}) =>
    runCommand(command, args, {
      ...options,
      cwd: options.cwd ?? root,
      env: { ...env, ...options.env },
    });
  return {
    root,
    outside: folder,
    stateHome,
    docker,
    env,
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, name)), { recursive: true });
        writeFileSync(join(root, name), text);
      }
    },
    clear() {
      for (const file of this.list()) rmSync(join(root, file));
    },
    list: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .toSorted(),
    async containers() {
      const own = ownCheckouts(stateHome);
      const all = await docker.listContainers({ all: true, filters: { label: [labels.checkout] } });
      return Object.fromEntries(
        all
          .filter(({ Labels }) => own.includes(Labels[labels.checkout] ?? ''))
          .map(({ Id, Labels }) => [Labels[labels.service] ?? '', Id]),
      );
    },
    task: (name, args = [], options = {}) => run([...commandFor(runs, name), ...args], options),
    run,
    async [Symbol.asyncDispose]() {
      endLeftProcesses(stateHome);
      if (engine) await removeOwned(docker, stateHome);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function commandFor(runs: string, task: string): [string, ...string[]] {
  return runs === repo
    ? [process.execPath, '--import', tsx, join(repo, 'tasks', `${task}.ts`)]
    : [process.execPath, join(runs, 'bin.mjs'), task];
}

/** Makes `devservices` importable from every folder below, as an installed package is. */
function linkPackage(folder: string, from: string): void {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(from, join(folder, 'node_modules', 'devservices'));
}

function runCommand(
  command: string,
  args: readonly string[],
  options: RunOptions & { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.onOutput?.(text, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.onError?.(text, (signal) => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const lines = () => stdout.split('\n').filter(Boolean);
      resolve({
        exitCode: code ?? (signal === null ? -1 : -2),
        stdout,
        stderr,
        get json() {
          return lines().map((line) => JSON.parse(line) as Ran['json'][number]);
        },
        get finished() {
          return JSON.parse(lines().at(-1) ?? 'null') as Ran['finished'];
        },
      });
    });
    // Who ends without reading its input has closed it.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
  });
}

/** Removes what carries the labels of the checkouts in a state home, and nothing else. */
async function removeOwned(docker: Dockerode, stateHome: string): Promise<void> {
  for (const id of ownCheckouts(stateHome)) {
    const filters = { label: [`${labels.checkout}=${id}`] };
    const containers = await docker.listContainers({ all: true, filters });
    // Podman would ask them to stop first, and stumbles over many at once and one that is just ending.
    for (const container of containers.map(({ Id }) => docker.getContainer(Id))) {
      await container.kill().then(
        () => container.wait(),
        () => {},
      );
      await container.remove({ force: true, v: true });
    }
    const { Volumes } = await docker.listVolumes({ filters });
    await Promise.all(Volumes.map(({ Name }) => docker.getVolume(Name).remove()));
    const networks = await docker.listNetworks({ filters });
    await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  }
}

function ownCheckouts(stateHome: string): string[] {
  const folder = join(stateHome, 'devservices');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /^[0-9a-f]{12}$/.test(name));
}
