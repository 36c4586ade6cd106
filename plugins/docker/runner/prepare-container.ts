import { mkdir } from 'node:fs/promises';
import type { Instance, PrepareOptions, Target } from 'devservices/runner';
import type { ImageBuilder } from '../build/image-builder.ts';
import { imageBuildOf } from '../build/resolved-build.ts';
import { reasonOf, statusOf, unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { dockerErrors } from '../errors.ts';
import { createBody } from './create-body.ts';
import type { CreateRequest } from './create-body.ts';
import type { EnsureImage } from '../images/ensure-image.ts';
import { removeContainer, stopContainer } from './end-container.ts';
import { ensureVolumes } from './owned-volumes.ts';
import { containerName, describeOwner, isOurs } from './owned-names.ts';
import { endpointsOf, generationOf } from './read-instance.ts';
import { asContainer } from './resolved-container.ts';

/**
 * Everything up to the start request: image, volumes, folders, container. The one that it replaces
 * goes once the image is there. Leaves nothing half-made: what it throws on, it takes back.
 */
export async function prepareContainer(
  {
    engine,
    ensureImage,
    imageBuilder,
  }: { engine: Engine; ensureImage: EnsureImage; imageBuilder: ImageBuilder },
  target: Target,
  options: PrepareOptions,
): Promise<Instance> {
  const { signal, replaces } = options;
  const run = asContainer(target.run);
  const build = imageBuildOf(target);
  if (build) await imageBuilder.ensure(build, options);
  else await ensureImage({ image: run.image, platform: run.platform }, options);
  if (replaces) {
    await stopContainer(engine, replaces, signal);
    await removeContainer(engine, replaces, signal);
  }
  await makeFolders(engine, target, signal);
  const dropVolumes = await ensureVolumes(engine, target, signal);
  try {
    signal.throwIfAborted();
    const id = await createContainer(engine, target);
    if (signal.aborted) {
      await removeContainer(engine, { id, service: target.service });
      signal.throwIfAborted();
    }
    return {
      kind: 'container',
      service: target.service,
      runKey: target.runKey,
      id,
      generation: generationOf(id, undefined),
      status: 'created',
      spec: target.spec,
      endpoints: endpointsOf(target.ports),
      createdAt: Date.now(),
    };
  } catch (thrown) {
    await dropVolumes();
    throw thrown;
  }
}

// As Compose's short syntax: a folder that is not there is made, but by this user, not by root.
async function makeFolders(engine: Engine, target: Target, signal: AbortSignal): Promise<void> {
  const address = await engine.connect(signal);
  if (address.kind !== 'socket') return;
  for (const { type, source } of asContainer(target.run).volumes) {
    // What is there, a file included, stays as it is; what can not be made, the engine will name.
    if (type === 'bind') await mkdir(source, { recursive: true }).catch(() => {});
  }
}

// Without the signal: a request that is cut may have created the container all the same.
async function createContainer(engine: Engine, target: Target): Promise<string> {
  const request = createBody(target);
  try {
    return await requestCreation(engine, target, request);
  } catch (thrown) {
    if (statusOf(thrown) === 409 && (await freeOurName(engine, target))) {
      return requestCreation(engine, target, request);
    }
    if (statusOf(thrown) !== 400) throw thrown;
    const facts = { service: target.service, reason: reasonOf(thrown) };
    throw dockerErrors.create('DS_DOCKER_RUN_REFUSED', facts, thrown);
  }
}

async function requestCreation(
  engine: Engine,
  { service }: Target,
  { query, body }: CreateRequest,
): Promise<string> {
  const { id } = await engine.ask({ doing: `create the container of ${service}` }, (client) =>
    // The client's way to tell a query from a body, which its types do not know.
    client.createContainer({ _query: query, _body: body } as object),
  );
  return id;
}

// A container of ours that nobody saw is a leftover of a run that was killed.
async function freeOurName(engine: Engine, { project, service }: Target): Promise<boolean> {
  const name = containerName(project, service);
  const asked = { doing: `inspect the container ${name}` };
  const found = await engine
    .ask(asked, (client) => client.getContainer(name).inspect())
    .catch(unless([404], undefined));
  if (!found) return false;
  const { Labels: held } = found.Config;
  if (!isOurs(held, project)) {
    const facts = { kind: 'container' as const, name, owner: describeOwner(held) };
    throw dockerErrors.create('DS_DOCKER_NAME_TAKEN', facts);
  }
  await removeContainer(engine, { id: found.Id, service });
  return true;
}
