import type { ProjectIdentity } from 'devservices/runner';
import type Dockerode from 'dockerode';
import { reasonOf, statusOf, unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { dockerErrors } from '../errors.ts';
import { describeOwner, isOurs, projectLabels } from './owned-names.ts';

/** A network as the engine lists it. */
export type ProjectNetwork = Dockerode.NetworkInspectInfo;

/**
 * Makes the project's bridge network unless it is there. Throws DS_DOCKER_NAME_TAKEN where one of
 * that name is not ours, DS_DOCKER_NO_SUBNET where the engine has no addresses left.
 */
export async function ensureNetwork(
  engine: Engine,
  project: ProjectIdentity,
  signal: AbortSignal,
): Promise<ProjectNetwork | undefined> {
  const there = await findOurNetwork(engine, project, signal);
  if (there) return there;
  const name = project.project;
  const asked = { doing: `create the network ${name}`, signal };
  try {
    await engine.ask(asked, (client) =>
      client.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        Labels: projectLabels(project),
        abortSignal: signal,
      }),
    );
  } catch (thrown) {
    // Somebody was faster: the look below says who.
    if (statusOf(thrown) !== 409) throw nameSubnetProblem(thrown, name);
  }
  return findOurNetwork(engine, project, signal);
}

/** The project's network, if there is one of ours. */
export async function findNetwork(
  engine: Engine,
  project: ProjectIdentity,
  signal: AbortSignal,
): Promise<ProjectNetwork | undefined> {
  return inOrder(await listNetworks(engine, project, signal))[0];
}

/**
 * Removes the project's network; a network that is not there, or not ours, is left as it is.
 * Throws DS_DOCKER_NETWORK_IN_USE with who uses it.
 */
export async function dropNetwork(
  engine: Engine,
  project: ProjectIdentity,
  signal: AbortSignal,
): Promise<void> {
  for (const { Id } of await listNetworks(engine, project, signal)) {
    const asked = { doing: `remove the network ${project.project}`, signal };
    const assertUnused = async (cause?: unknown): Promise<void> => {
      const users = await listUsers(engine, Id, signal);
      const facts = { network: project.project, users };
      if (users.length > 0) throw dockerErrors.create('DS_DOCKER_NETWORK_IN_USE', facts, cause);
    };
    // Podman removes a network under its users when it is named by its id (5.4).
    await assertUnused();
    try {
      await engine.ask(asked, (client) => client.getNetwork(Id).remove({ abortSignal: signal }));
    } catch (thrown) {
      if (statusOf(thrown) === 404) continue;
      await assertUnused(thrown);
      throw thrown;
    }
  }
}

async function findOurNetwork(
  engine: Engine,
  project: ProjectIdentity,
  signal: AbortSignal,
): Promise<ProjectNetwork | undefined> {
  const found = await listNetworks(engine, project, signal, 'strangers too');
  const stranger = found.find((network) => !isOurs(network.Labels, project));
  if (stranger) {
    const owner = describeOwner(stranger.Labels);
    const facts = { kind: 'network' as const, name: project.project, owner };
    throw dockerErrors.create('DS_DOCKER_NAME_TAKEN', facts);
  }
  const [kept, ...doubles] = inOrder(found);
  for (const { Id } of doubles) {
    const asked = { doing: `remove a second network ${project.project}`, signal };
    await engine
      .ask(asked, (client) => client.getNetwork(Id).remove())
      .catch(unless([403, 404], undefined));
  }
  return kept;
}

// Two creations at once can both succeed: names of networks are not unique. All who look keep the
// same one, the oldest.
function inOrder(found: readonly ProjectNetwork[]): readonly ProjectNetwork[] {
  return found.toSorted(
    (left, right) => left.Created.localeCompare(right.Created) || left.Id.localeCompare(right.Id),
  );
}

async function listNetworks(
  engine: Engine,
  project: ProjectIdentity,
  signal: AbortSignal,
  whose: 'ours' | 'strangers too' = 'ours',
): Promise<ProjectNetwork[]> {
  // The filter also matches parts of names.
  const options = { filters: { name: [project.project] }, abortSignal: signal };
  const found = await engine.ask({ doing: 'list networks', signal }, (client) =>
    client.listNetworks(options),
  );
  return found.filter(
    ({ Name, Labels }) =>
      Name === project.project && (whose === 'strangers too' || isOurs(Labels, project)),
  );
}

async function listUsers(engine: Engine, id: string, signal: AbortSignal): Promise<string[]> {
  const asked = { doing: 'inspect a network', signal };
  const found: Dockerode.NetworkInspectInfo | undefined = await engine
    .ask(asked, (client) => client.getNetwork(id).inspect())
    .catch(unless([404], undefined));
  return Object.values(found?.Containers ?? {}).map(({ Name }) => Name);
}

function nameSubnetProblem(thrown: unknown, network: string): unknown {
  const isFull = /address pools|non-overlapping IPv4/i.test(reasonOf(thrown));
  return isFull ? dockerErrors.create('DS_DOCKER_NO_SUBNET', { network }, thrown) : thrown;
}
