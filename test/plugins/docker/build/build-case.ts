import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { onTestFinished } from 'vitest';
import { createImageBuilder } from '../../../../plugins/docker/build/image-builder.ts';
import type { ImageBuild, ResolvedBuild } from '../../../../plugins/docker/build/resolved-build.ts';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { removeBuiltImages } from '../../../rig/built-images.ts';
import { dockerCli, type CliKind } from '../../../rig/docker-cli.ts';
import type { TestEngine } from '../../../rig/engine/ensure-engine.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

export const never = new AbortController().signal;

/** Options of a build that nobody watches or aborts. */
export const quiet = { signal: never, onProgress: () => {} };

/** What a build failed with. */
export function thrownBy(work: Promise<unknown>) {
  return work.then(
    () => undefined,
    (thrown: unknown) => thrown as { code?: string; facts?: Record<string, unknown> },
  );
}

/** A project of its own with a folder to build in; its images are gone after the test. */
export async function createBuildCase(engine: TestEngine, kind: CliKind) {
  const cli = await dockerCli(kind);
  // The rig has to get each of them: without one, a whole way to build would go untested.
  if (!cli) throw new Error(`there is no docker command line of the kind ${kind}`);
  const project = { project: `case-${randomBytes(4).toString('hex')}`, checkout: 'c0ffee' };
  const docker = new Docker({ socketPath: engine.socketPath });
  const context = createTempFolder();
  const connected = createEngine({ engine: engine.url, env: {} });
  onTestFinished(async () => {
    connected.close();
    await removeBuiltImages(docker, project.project);
  });
  const env = { ...process.env, ...cli };
  return {
    env,
    base: engine.images.tools,
    docker,
    engine: connected,
    context,
    project,
    builder: createImageBuilder({ engine: connected, env }),
    idOf: async (image: string) => (await docker.getImage(image).inspect()).Id,
    write: (text: string, name = 'Dockerfile') => writeFileSync(join(context, name), text),
    build: (fields: Partial<ResolvedBuild> = {}, more: Partial<ImageBuild> = {}): ImageBuild => ({
      project,
      service: 'api',
      image: `${project.project}_api`,
      platform: undefined,
      // The rig's engine has no bridge that a step could use.
      build: { context, network: 'host', ...fields },
      hash: 'h1',
      ...more,
    }),
  };
}
