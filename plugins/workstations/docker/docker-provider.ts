import { systemClock } from 'devservices/machine';
import type { Workstation, WorkstationProvider, WorkstationScope } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import { TransientFailure } from '../transient-failure.ts';
import { askEngine, isPassing, sayingOf } from './ask-engine.ts';
import { findCaller } from './caller.ts';
import { deleteContainer } from './delete-container.ts';
import type { DockerProviderOptions, DockerSide } from './docker-side.ts';
import { imageOf } from './ensure-image.ts';
import { listWorkstations } from './list-workstations.ts';
import { describeLosses } from './losses.ts';
import { logIn } from './log-in.ts';
import { makeOnEngine, planRepo } from './make-on-engine.ts';
import { openTunnelWay } from './open-tunnel-way.ts';
import { assertName } from './own-names.ts';
import { findContainer, type Inspected, toWorkstation } from './read-workstation.ts';
import { startContainer } from './start-container.ts';

const configName = 'default';

/** Workstations that are containers on the engine that is used anyway: for trying, and for closed networks. */
export function createDockerProvider(options: DockerProviderOptions): WorkstationProvider {
  const side: DockerSide = { clock: systemClock, caller: findCaller, ...options };
  const { project } = options;
  const owner = { project, checkout: options.checkout };

  const scopeOf = async (): Promise<Required<WorkstationScope>> => {
    const { url } = await options.route();
    return { project, region: url, cluster: '', config: configName };
  };
  const config = async () => {
    const { region } = await scopeOf();
    return { name: configName, region, cluster: '', image: imageOf(options.options) };
  };
  const find = async (name: string, signal: AbortSignal): Promise<Workstation | undefined> => {
    assertName(name);
    const engine = await options.engine();
    const found = await findContainer({ engine, owner, name }, signal);
    return found && toWorkstation(found, { engine, name, scope: await scopeOf() }, signal);
  };
  /** As it is just now. */
  const inspect = async ({ name, id }: Workstation, signal: AbortSignal): Promise<Inspected> => {
    const engine = await options.engine();
    const found = await askEngine({ doing: `look at ${name}`, signal, unless: [404] }, () =>
      engine.getContainer(id).inspect({ abortSignal: signal }),
    );
    if (found) return found;
    const reason = 'its container was removed';
    throw workstationErrors.create('DS_WORKSTATION_GONE', { name, goal: 'running', reason });
  };

  return {
    name: 'docker',
    check: async () => void (await options.engine()),
    configs: async () => [await config()],
    async list(signal) {
      const [engine, scope] = [await options.engine(), await scopeOf()];
      return listWorkstations({ engine, owner, scope }, signal);
    },
    find,
    async describeNew(name, signal) {
      assertName(name);
      const { config: asked } = options;
      if (asked !== undefined && asked !== configName) {
        const facts = { config: asked, where: 'the provider docker', known: [configName] };
        throw workstationErrors.create('DS_WORKSTATION_CONFIG_UNKNOWN', facts);
      }
      // What cannot be is said before anything is made.
      await planRepo(side, signal);
      const costNote = 'no money; memory and disk of the engine’s machine, until it is deleted';
      return { name, scope: await scopeOf(), config: await config(), costNote };
    },
    async create({ name }, call) {
      const making = makeOnEngine(side, { owner, name, ...call });
      // Who is interrupted does not wait for it; what it takes back has to be taken back all the same.
      options.defer?.(() => making.catch(() => {}));
      await making;
    },
    async look({ name }, signal) {
      try {
        return await find(name, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        throw isPassing(thrown) ? new TransientFailure(sayingOf(thrown), thrown) : thrown;
      }
    },
    async start({ id, name }, signal) {
      await startContainer({ engine: await options.engine(), id, name, signal });
    },
    async stop({ id, name }, signal) {
      const engine = await options.engine();
      await askEngine({ doing: `stop ${name}`, signal, unless: [304, 404] }, () =>
        engine.getContainer(id).stop({ t: graceSeconds, abortSignal: signal }),
      );
    },
    async delete({ id, name }, signal) {
      await deleteContainer({ engine: await options.engine(), owner, id, name, signal });
      options.keys.dropKeys(id);
    },
    async losses(workstation, signal) {
      const [engine, found] = [await options.engine(), await inspect(workstation, signal)];
      const container = found.Name.replace(/^\//, '');
      const { clock } = side;
      return describeLosses({ engine, owner, name: workstation.name, container, clock, signal });
    },
    login: async (workstation, signal) =>
      logIn(side, { workstation, found: await inspect(workstation, signal), signal }),
    tunnel: async (workstation, remotePort, signal) =>
      openTunnelWay(side, {
        workstation,
        remotePort,
        found: await inspect(workstation, signal),
        signal,
      }),
  };
}

const graceSeconds = 10;
