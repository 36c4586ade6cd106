import { basename } from 'node:path';
import { definePlugin } from 'devservices';
import type { RunnerContext } from 'devservices/runner';
import type Dockerode from 'dockerode';
import type { EngineRoute } from './engine/engine-route.ts';
import type { Engine } from './engine-side.ts';
import { dockerOptions } from './options.ts';

declare module 'devservices' {
  interface Contracts {
    /** The Docker Engine's client, connected. */
    engine: Dockerode;
    /** How one gets to the machine that it runs on. */
    engineRoute: EngineRoute;
  }
}

/** Runs containers on the Docker Engine that the machine offers. */
export const docker = definePlugin({
  name: 'docker',
  options: dockerOptions,
  permissions: {
    // All of it: the command line that builds takes proxies, agents and a build's own values from it.
    env: ['*'],
    run: ['docker', 'ssh', 'docker-credential-*', 'systemctl', 'open', 'colima', 'podman'],
  },
  setup(ctx) {
    const { env, log } = ctx;
    let engine: Engine | undefined;
    let root = '';
    const load = () => import('./engine-side.ts');
    const open = async (context: RunnerContext): Promise<Engine> => {
      const { engine: address, engineSource } = context;
      root = context.root;
      const { createEngine } = await load();
      engine ??= createEngine({
        engine: address ?? ctx.options.engine,
        engineSource: address === undefined ? 'engine of the plugin docker' : engineSource,
        env,
        reachWorkstation: async (name, signal) => {
          const workstations = await ctx.use('workstations');
          const { provider } = await workstations.open({});
          // It would ask for the very engine that is being looked for.
          if (provider === 'docker') throw (await load()).createNoEngine(name);
          return workstations.reach(name, { signal });
        },
        onFound: ({ way, address: found, apiVersion }) =>
          log.debug(`The engine is ${found.url} (${way}), by its API ${apiVersion}.`),
      });
      return engine;
    };
    ctx.runner('container', async (context) => {
      const { createDockerRunner } = await load();
      const { cacheFolder, stateHome, runtimeFolder, checkoutFolder, project } = context;
      const warn = (text: string) => log.warn(text);
      const own = { project, checkout: basename(checkoutFolder) };
      const forwards = { stateHome, runtimeFolder, own, warn };
      return createDockerRunner({ env, cacheFolder, warn, forwards }, await open(context));
    });
    ctx.expose('engine', async (context) => (await open(context)).client(ctx.signal));
    ctx.expose('engineRoute', async (context) => {
      const [address, { describeRoute }] = await Promise.all([
        open(context).then((found) => found.connect(ctx.signal)),
        load(),
      ]);
      return describeRoute(address, { isAttended: process.stdin.isTTY });
    });
    // Late: what others leave out needs nothing.
    ctx.hooks.beforeUp.tap({ name: 'docker', stage: 'late' }, async ({ plan, signal }) => {
      const address = engine?.url ? await engine.connect(signal) : undefined;
      if (!address || address.kind === 'socket') return;
      const { assertThere } = await load();
      const warn = (text: string) => log.warn(text);
      await assertThere(address, Object.values(plan.services), { root, env, signal, warn });
    });
    ctx.hooks.afterHealth.tap('docker', async ({ services, signal }) => {
      // One that was not there is no news where nothing runs on it.
      const address = engine?.url ? await engine.connect(signal) : undefined;
      if (!address) return;
      const { describeRemotePorts } = await load();
      const ports = describeRemotePorts(address, Object.values(services));
      if (ports !== undefined) log.warn(ports);
    });
    ctx.defer(() => engine?.close());
  },
});
