import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Client from '../../plugins/control-api/client/index.ts';
import type { ControlApi } from '../../plugins/control-api/index.ts';
import type * as Library from '../../core/index.ts';
import type { SuiteGround } from '../plugins/control-api/suite-ground.ts';
import type { TestEngine } from './engine/ensure-engine.ts';
import { freePorts } from './free-ports.ts';
import { createProcessCheckout, type ProcessCheckout } from './process-checkout.ts';

/** A project of real containers and processes, reached in one of the two ways. */
export interface ApiGround extends SuiteGround {
  readonly checkout: ProcessCheckout;
  close(): Promise<void>;
}

/** The package as the checkout has it, in this process: its host, and its client without a socket. */
export async function openInProcess(engine: TestEngine): Promise<ApiGround> {
  const { checkout, ground } = await openCheckout(engine);
  const { createHost } = await importFrom<typeof Library>(checkout, 'devservices');
  const { root: cwd, env } = checkout;
  const host = createHost({ cwd, env });
  const close = async () => {
    await host.close();
    await checkout[Symbol.asyncDispose]();
  };
  try {
    await host.configure();
    const { client }: ControlApi = await host.use('api');
    return { ...ground, client, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** `devservices serve` in a process of its own, and a client over HTTP. */
export async function openServed(engine: TestEngine): Promise<ApiGround> {
  const { checkout, ground } = await openCheckout(engine);
  let interrupt = () => {};
  let serve: Promise<unknown> = Promise.resolve();
  const close = async () => {
    interrupt();
    await serve;
    await checkout[Symbol.asyncDispose]();
  };
  try {
    const { createHttpClient } = await importFrom<typeof Client>(
      checkout,
      'devservices/plugins/control-api/client',
    );
    const serving = new Promise<{ url: string; token: string }>((resolve, reject) => {
      let out = '';
      serve = checkout
        .task('serve', ['--json'], {
          onOutput(text, kill) {
            interrupt = () => kill('SIGINT');
            out += text;
            const line = out.split('\n').find((one) => one.includes('"event":"serving"'));
            if (line !== undefined && out.includes(`${line}\n`)) {
              resolve(JSON.parse(line) as { url: string; token: string });
            }
          },
        })
        .then((ran) => reject(new Error(`It serves no more: ${ran.stdout}${ran.stderr}`)));
    });
    const { url, token } = await serving;
    const client: SuiteGround['client'] = (options = {}) =>
      createHttpClient({ ...options, url, token });
    return { ...ground, client, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function openCheckout(engine: TestEngine) {
  const checkout = createProcessCheckout(engine);
  const [port] = await freePorts(1);
  checkout.write({ 'devservices.config.ts': configOf(engine.images.tools, port) });
  const must = async (task: string, ...args: string[]) => {
    const ran = await checkout.task(task, [...args, '--json']);
    if (ran.exitCode !== 0)
      throw new Error(`${task} ${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
    return ran.finished;
  };
  const ground: Omit<ApiGround, 'client' | 'close'> = {
    checkout,
    async addUser(name, { superuser = false, active = true, permissions = [] } = {}) {
      const directory = ['--directory', 'store'];
      const isSuperuser = superuser || permissions.length > 0;
      await must(
        'permissions',
        'users',
        'add',
        name,
        ...(isSuperuser ? ['--superuser'] : []),
        ...directory,
      );
      for (const permission of permissions) {
        await must('permissions', 'add', '--user', name, '--permission', permission, ...directory);
      }
      if (!active) await must('permissions', 'users', 'deactivate', name, ...directory);
    },
    async addToken({ name, user, permissions = [] }) {
      const asked = permissions.flatMap((one) => ['--permission', one]);
      const { result } = await must('tokens', 'add', '--name', name, '--user', user, ...asked);
      return result?.['token'] as string;
    },
    revoke: async (name) => void (await must('tokens', 'revoke', name)),
    async lives() {
      const containers = Object.entries(await checkout.containers());
      const started = containers.map(async ([service, id]) => {
        const { State } = await checkout.docker.getContainer(id).inspect();
        return State.Running ? [[service, `${id} ${State.StartedAt}`] as const] : [];
      });
      const pids = Object.entries(checkout.pids());
      return Object.fromEntries([
        ...(await Promise.all(started)).flat(),
        ...pids.map(([service, pid]) => [service, String(pid)] as const),
      ]);
    },
    async say(line) {
      await (await fetch(`http://127.0.0.1:${port}/${encodeURIComponent(line)}`)).text();
    },
    async wake() {
      writeFileSync(join(checkout.root, `awake-${checkout.pids()['slow']}`), '');
    },
  };
  return { checkout, ground };
}

const program = `
require('node:http')
  .createServer(({ url }, answer) => {
    process.stdout.write(decodeURIComponent(url.slice(1)) + '\\n', () => answer.end());
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
`;

/** `db` is a container, all others are processes. */
function configOf(image: string, port: number): string {
  const services = {
    db: {
      run: {
        kind: 'container',
        image,
        command: ['sh', '-c', 'echo up; exec sleep 1000'],
        stopSignal: 'SIGKILL',
      },
    },
    web: {
      run: { kind: 'process', command: [process.execPath, '-e', program] },
      ports: { http: port },
      dependsOn: { db: 'ready' },
    },
    slow: {
      run: {
        kind: 'process',
        command: [
          'sh',
          '-c',
          'while [ ! -f awake-$$ ]; do sleep 0.05; done; echo awake; exec sleep 1000',
        ],
      },
      ready: { kind: 'log', pattern: '^awake$' },
      autoStart: false,
    },
    broken: {
      run: { kind: 'process', command: ['sh', '-c', 'exit 3'] },
      ready: { kind: 'log', pattern: '^never$' },
      autoStart: false,
    },
  };
  return `import { defineConfig } from 'devservices';
import { controlApi } from 'devservices/plugins/control-api';
import { permissions } from 'devservices/plugins/permissions';
import { projectOptions } from 'devservices/plugins/project-options';
import { store } from 'devservices/plugins/store';

export default defineConfig({
  plugins: [store(), permissions(), projectOptions(), controlApi()],
  services: ${JSON.stringify(services, undefined, 2)},
});
`;
}

/** What a module of the checkout gets for the name. */
async function importFrom<Module>({ root }: ProcessCheckout, name: string): Promise<Module> {
  const path = createRequire(join(root, 'here.mjs')).resolve(name);
  return (await import(pathToFileURL(path).href)) as Module;
}
