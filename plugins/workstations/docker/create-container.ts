import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { plainText, writeArchive } from 'devservices/machine';
import type { WorkstationKeys } from '../ssh/ssh-folder.ts';
import { type Container, type Engine, askEngine } from './ask-engine.ts';
import { containerBody, type Wanted } from './container-body.ts';
import { statPath } from './container-files.ts';
import { dockerWorkstationErrors } from './errors.ts';
import { folder, launchScript, sshdFolders } from './launch-script.ts';
import { assertOurs, containerName, homeVolume, labelsOf } from './own-names.ts';
import { sshdConfig } from './sshd-config.ts';

export interface CreateContainer extends Wanted {
  engine: Engine;
  /** Of the image: `NAME=value`. */
  environment: readonly string[];
  keys: WorkstationKeys;
  signal: AbortSignal;
}

/**
 * Makes the container of a workstation, with its home and its network, not started yet. It gets its name
 * when it is whole: who sees it can start it. Undefined where somebody else made it meanwhile. What it
 * fails on it takes back.
 *
 * Throws DS_WORKSTATION_IMAGE_UNFIT, …_NAME_TAKEN, …_ENGINE_FAILED.
 */
export async function createContainer(request: CreateContainer): Promise<Container | undefined> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const called = containerName(request.owner, request.name);
    const prepared = `${called}_${randomBytes(4).toString('hex')}`;
    // A home of before is kept, whatever becomes of this.
    if (await ensureHome(request)) undo.push(() => removeUnused(request));
    const network = await createNetwork(request, prepared);
    undo.push(() => network.remove());
    const container = await requestContainer(request, { prepared, network: network.id });
    undo.push(async () => {
      request.keys.dropKeys(container.id);
      await container.remove({ force: true, v: true });
    });
    await assertFit(request, container);
    await putFiles(request, container);
    if (await takeName(container, called, request.signal)) return container;
    // The other one has the home too.
    await undoAll(undo);
    return undefined;
  } catch (thrown) {
    await undoAll(undo);
    throw thrown;
  }
}

// In use by whoever was faster, it is not removed.
const removeUnused = ({ engine, owner, name }: CreateContainer): Promise<unknown> =>
  engine.getVolume(homeVolume(owner, name)).remove();

/** Whether it is made now. */
async function ensureHome({ engine, owner, name, signal }: CreateContainer): Promise<boolean> {
  const called = homeVolume(owner, name);
  const asked = { doing: `look at the volume ${called}`, signal, unless: [404] };
  const there = await askEngine(asked, () =>
    engine.getVolume(called).inspect({ abortSignal: signal }),
  );
  if (!there) {
    await askEngine({ doing: `make the volume ${called}`, signal }, () =>
      engine.createVolume({ Name: called, Labels: labelsOf(owner, name) }),
    );
    return true;
  }
  assertOurs({ kind: 'volume', called, labels: there.Labels }, owner, name);
  return false;
}

async function createNetwork({ engine, owner, name, signal }: CreateContainer, called: string) {
  const asked = { doing: `make the network ${called}`, signal };
  const made = await askEngine(asked, () =>
    engine.createNetwork({ Name: called, Labels: labelsOf(owner, name) }),
  );
  return made as NonNullable<typeof made>;
}

async function requestContainer(
  request: CreateContainer,
  { prepared, network }: { prepared: string; network: string },
): Promise<Container> {
  const { engine, name, signal } = request;
  const body = containerBody(request, { called: prepared, network });
  const made = await askEngine({ doing: `make the container of ${name}`, signal }, () =>
    engine.createContainer(body),
  );
  return made as Container;
}

async function assertFit({ image, signal }: CreateContainer, container: Container): Promise<void> {
  const isThere = async (path: string) => (await statPath(container, path, signal)) !== undefined;
  const missing = async (): Promise<string | undefined> => {
    if (!(await isThere('/bin/sh'))) return 'shell';
    const found = await Promise.all(sshdFolders.map((path) => isThere(`${path}/sshd`)));
    return found.includes(true) ? undefined : 'sshd';
  };
  const what = await missing();
  if (what === undefined) return;
  const facts = { image: plainText(image), missing: what };
  throw dockerWorkstationErrors.create('DS_WORKSTATION_IMAGE_UNFIT', facts);
}

async function putFiles(request: CreateContainer, container: Container): Promise<void> {
  const { account, environment, keys, signal } = request;
  const [client, host] = [await keys.keyPair(container.id), await keys.hostKeyPair(container.id)];
  const texts: Readonly<Record<string, readonly [mode: number, content: string | Buffer]>> = {
    run: [0o700, launchScript],
    sshd_config: [0o600, sshdConfig({ user: account.user, environment })],
    host_key: [0o600, await readFile(host.privateFile)],
    'host_key.pub': [0o644, `${host.publicKey}\n`],
    authorized_keys: [0o644, `${client.publicKey}\n`],
  };
  const files = Object.entries(texts).map(([name, [mode, content]]) => ({
    path: `${folder}/${name}`,
    content: Buffer.from(content),
    uid: 0,
    gid: 0,
    mode,
  }));
  await askEngine({ doing: 'put files into a workstation', signal }, () =>
    container.putArchive(writeArchive(files), { path: '/', abortSignal: signal }),
  );
}

/** False where somebody else has it. */
async function takeName(
  container: Container,
  called: string,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  const asked = { doing: `name the container ${called}`, unless: [409] };
  const answer = await askEngine(asked, async () => {
    await container.rename({ name: called });
    return true;
  });
  return answer === true;
}

async function undoAll(undo: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const one of undo.toReversed()) await one().catch(() => {});
}
