import { definePlugin } from 'devservices';
import type { RunnerContext } from 'devservices/runner';
import type Dockerode from 'dockerode';
import { createEngine } from './engine/engine.ts';
import type { Engine } from './engine/engine.ts';
import { dockerOptions } from './options.ts';
import { createDockerRunner } from './runner/docker-runner.ts';

declare module 'devservices' {
  interface Contracts {
    /** The Docker Engine's client, connected. */
    engine: Dockerode;
  }
}

/** Runs containers on the Docker Engine that the machine offers. */
export const docker = definePlugin({
  name: 'docker',
  options: dockerOptions,
  permissions: { env: ['DOCKER_*', 'HOME', 'XDG_RUNTIME_DIR'] },
  setup(ctx) {
    const { env } = ctx;
    let engine: Engine | undefined;
    const open = ({ engine: address }: RunnerContext): Engine => {
      engine ??= createEngine({ engine: address ?? ctx.options.engine, env });
      return engine;
    };
    ctx.runner('container', (context) => createDockerRunner({ env }, open(context)));
    ctx.expose('engine', (context) => open(context).client(ctx.signal));
    ctx.defer(() => engine?.close());
  },
});
