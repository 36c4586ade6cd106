import type { Instance, PrepareOptions, Target } from 'devservices/runner';
import type { ImageBuilder } from '../build/image-builder.ts';
import { imageBuildOf } from '../build/resolved-build.ts';
import { reasonOf, statusOf, unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { dockerErrors } from '../errors.ts';
import { assertSupported } from '../creation/assert-supported.ts';
import { createBody } from '../creation/create-body.ts';
import type { CreateRequest } from '../creation/create-body.ts';
import type { EnsureImage } from '../images/ensure-image.ts';
import { removeContainer, stopContainer } from './end-container.ts';
import { apiOf } from '../creation/engine-api.ts';
import { assertNetworks, finishContainer } from '../creation/finish-container.ts';
import { assertFolders, makeFolders } from '../creation/make-folders.ts';
import { ensureVolumes } from './owned-volumes.ts';
import { containerName, describeOwner, isOurs } from './owned-names.ts';
import type { ProjectGateways } from './project-gateways.ts';
import { endpointsOf, generationOf } from './read-instance.ts';
import { asContainer } from '../fields/resolved-container.ts';
import type { ResolvedContainer } from '../fields/resolved-container.ts';

/**
 * Everything up to the start request: image, volumes, folders, container. The one that it replaces
 * goes once the image is there. Leaves nothing half-made: what it throws on, it takes back.
 */
export async function prepareContainer(
  {
    engine,
    ensureImage,
    imageBuilder,
    gateways,
  }: {
    engine: Engine;
    ensureImage: EnsureImage;
    imageBuilder: ImageBuilder;
    gateways: ProjectGateways;
  },
  target: Target,
  options: PrepareOptions,
): Promise<Instance> {
  const { signal, replaces } = options;
  const run = asContainer(target.run);
  const api = apiOf(await engine.client(signal));
  assertSupported(target, api);
  await assertFolders(engine, target, signal);
  await assertNetworks(engine, target, signal);
  const build = imageBuildOf(target);
  const pull = pullOf(run.pullPolicy, options.pull);
  if (build) await imageBuilder.ensure(build, options);
  else await ensureImage({ image: run.image, platform: run.platform }, { ...options, pull });
  if (replaces) {
    await stopContainer(engine, replaces, signal);
    await removeContainer(engine, replaces, signal);
  }
  await makeFolders(engine, target, signal);
  const dropVolumes = await ensureVolumes(engine, target, signal);
  try {
    signal.throwIfAborted();
    const gateway = run.needsGateway ? await gateways.find(target.project, signal) : undefined;
    const request = createBody(target, { api, gateway });
    const id = await createContainer(engine, { target, request }, signal);
    try {
      signal.throwIfAborted();
      await finishContainer(engine, target, id);
      signal.throwIfAborted();
    } catch (thrown) {
      await removeContainer(engine, { id, service: target.service });
      throw thrown;
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

// The command line's word wins; where it says nothing, it is `missing`.
function pullOf(
  policy: ResolvedContainer['pullPolicy'],
  asked: PrepareOptions['pull'],
): PrepareOptions['pull'] {
  return asked === 'missing' && policy !== undefined && policy !== 'build' ? policy : asked;
}

// A request that is cut may have created the container all the same: it has a moment to end by itself.
const createPatienceMs = 700;

async function createContainer(
  engine: Engine,
  { target, request }: { target: Target; request: CreateRequest },
  interrupt: AbortSignal,
): Promise<string> {
  const { signal, leave } = abortLater(interrupt, createPatienceMs);
  try {
    return await requestCreation(engine, target, { ...request, signal });
  } catch (thrown) {
    if (signal.aborted) {
      await freeOurName(engine, target, AbortSignal.timeout(createPatienceMs)).catch(() => false);
      throw thrown;
    }
    if (statusOf(thrown) === 409 && (await freeOurName(engine, target, signal))) {
      return await requestCreation(engine, target, { ...request, signal });
    }
    if (statusOf(thrown) !== 400) throw thrown;
    const facts = { service: target.service, reason: reasonOf(thrown) };
    throw dockerErrors.create('DS_DOCKER_RUN_REFUSED', facts, thrown);
  } finally {
    leave();
  }
}

async function requestCreation(
  engine: Engine,
  { service }: Target,
  { query, body, signal }: CreateRequest & { signal: AbortSignal },
): Promise<string> {
  const asked = { doing: `create the container of ${service}`, signal };
  const { id } = await engine.ask(asked, (client) =>
    // The client's way to tell a query from a body, which its types do not know.
    client.createContainer({ _query: query, _body: body, abortSignal: signal } as object),
  );
  return id;
}

// A container of ours that nobody saw is a leftover of a run that was killed.
async function freeOurName(
  engine: Engine,
  { project, service }: Target,
  signal: AbortSignal,
): Promise<boolean> {
  const name = containerName(project, service);
  const asked = { doing: `inspect the container ${name}`, signal };
  const found = await engine
    .ask(asked, (client) => client.getContainer(name).inspect({ abortSignal: signal }))
    .catch(unless([404], undefined));
  if (!found) return false;
  const { Labels: held } = found.Config;
  if (!isOurs(held, project)) {
    const facts = { kind: 'container' as const, name, owner: describeOwner(held) };
    throw dockerErrors.create('DS_DOCKER_NAME_TAKEN', facts);
  }
  await removeContainer(engine, { id: found.Id, service }, signal);
  return true;
}

function abortLater(signal: AbortSignal, ms: number): { signal: AbortSignal; leave(): void } {
  const later = new AbortController();
  const wait = (): void => void setTimeout(() => later.abort(signal.reason), ms).unref();
  if (signal.aborted) wait();
  else signal.addEventListener('abort', wait, { once: true });
  // One signal sees many containers made: none may leave a listener behind.
  const leave = (): void => signal.removeEventListener('abort', wait);
  return { signal: later.signal, leave };
}
