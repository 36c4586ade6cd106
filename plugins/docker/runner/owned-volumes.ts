import { labels } from 'devservices/runner';
import type { OwnedData, ProjectIdentity, Target } from 'devservices/runner';
import type Dockerode from 'dockerode';
import { statusOf, unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { ListedContainer } from '../engine/read-api.ts';
import { dockerErrors } from '../errors.ts';
import { describeOwner, isOurs, projectLabels, volumeName } from './owned-names.ts';
import { asContainer } from '../fields/resolved-container.ts';

/**
 * Makes the named volumes of a target, where they are not there. Returns how to take back those that
 * were made now. Throws DS_DOCKER_NAME_TAKEN for one that is not ours.
 */
export async function ensureVolumes(
  engine: Engine,
  target: Target,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const { project, service } = target;
  const made: string[] = [];
  const takeBack = async () => {
    for (const name of made) await removeVolume(engine, name).catch(() => {});
  };
  try {
    for (const { type, source } of asContainer(target.run).volumes) {
      // One without a name goes with its container.
      if (type !== 'volume' || source === '') continue;
      const name = volumeName(project, service, source);
      const found = await inspectVolume(engine, name, signal);
      if (found && !isOurs(found.Labels, project)) {
        const facts = { kind: 'volume' as const, name, owner: describeOwner(found.Labels) };
        throw dockerErrors.create('DS_DOCKER_NAME_TAKEN', facts);
      }
      if (found) continue;
      const Labels = { ...projectLabels(project), [labels.service]: service };
      await engine.ask({ doing: `create the volume ${name}`, signal }, (client) =>
        client.createVolume({ Name: name, Labels }),
      );
      made.push(name);
    }
  } catch (thrown) {
    await takeBack();
    throw thrown;
  }
  return takeBack;
}

/** The named volumes of the project's services, with who uses them. */
export async function listVolumes(
  engine: Engine,
  project: ProjectIdentity,
  services: readonly string[] | 'all',
): Promise<readonly OwnedData[]> {
  const wanted = Object.entries(projectLabels(project)).map(([name, value]) => `${name}=${value}`);
  const { Volumes } = await engine.ask({ doing: 'list volumes' }, (client) =>
    client.listVolumes({ filters: { label: wanted } }),
  );
  const found = (Volumes ?? [])
    .map(({ Name, Labels }) => ({
      kind: 'container',
      project,
      service: Labels?.[labels.service] ?? '',
      name: Name,
    }))
    .filter(({ service }) => services === 'all' || services.includes(service))
    .toSorted((left, right) => left.name.localeCompare(right.name));
  if (found.length === 0) return [];
  const using = await engine.list({ volume: found.map(({ name }) => name) }, noEnd);
  return found.map((volume) => ({
    ...volume,
    users: using
      .filter(({ Mounts }) => Mounts?.some(({ Name }) => Name === volume.name))
      .map((container) => ({ id: container.Id, name: nameOf(container) })),
  }));
}

const noEnd = new AbortController().signal;

const nameOf = ({ Names, Id }: ListedContainer): string => Names?.[0]?.replace(/^\//, '') ?? Id;

/**
 * Removes a volume of ours; one that is gone is no error. Throws DS_DOCKER_VOLUME_IN_USE with who
 * uses it, DS_DOCKER_NAME_TAKEN where the name is a stranger's by now.
 */
export async function removeOwnedVolume(
  engine: Engine,
  { project, service, name }: OwnedData,
  signal: AbortSignal,
): Promise<void> {
  const found = await inspectVolume(engine, name, signal);
  if (!found) return;
  if (!isOurs(found.Labels, project) || found.Labels?.[labels.service] !== service) {
    const facts = { kind: 'volume' as const, name, owner: describeOwner(found.Labels) };
    throw dockerErrors.create('DS_DOCKER_NAME_TAKEN', facts);
  }
  try {
    await removeVolume(engine, name);
  } catch (thrown) {
    if (statusOf(thrown) === 404) return;
    if (statusOf(thrown) !== 409) throw thrown;
    const using = await engine.list({ volume: [name] }, signal);
    const users = using.map(nameOf);
    throw dockerErrors.create('DS_DOCKER_VOLUME_IN_USE', { volume: name, users }, thrown);
  }
}

async function inspectVolume(
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<Dockerode.VolumeInspectInfo | undefined> {
  return engine
    .ask({ doing: `inspect the volume ${name}`, signal }, (client) =>
      client.getVolume(name).inspect({ abortSignal: signal }),
    )
    .catch(unless([404], undefined));
}

async function removeVolume(engine: Engine, name: string): Promise<void> {
  await engine.ask({ doing: `remove the volume ${name}` }, (client) =>
    client.getVolume(name).remove(),
  );
}
