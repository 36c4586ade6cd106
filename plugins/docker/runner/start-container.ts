import type { Instance, Target } from 'devservices/runner';
import { remoteHostOf } from '../engine/engine-address.ts';
import { reasonOf, statusOf, unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { dockerErrors } from '../errors.ts';
import { inspectContainer } from './container-addresses.ts';
import type { ContainerAddresses } from './container-addresses.ts';
import { findPortOwner } from './find-port-owner.ts';
import { isNetworkGone, rejoinNetwork } from './rejoin-network.ts';

/**
 * One start request, then one look at what came of it. Throws DS_DOCKER_PORT_TAKEN with who holds
 * the port, if that is a container, DS_DOCKER_NETWORK_GONE or DS_DOCKER_START_FAILED.
 */
export async function startContainer(
  { engine, addresses }: { engine: Engine; addresses: ContainerAddresses },
  { target, instance, signal }: { target: Target; instance: Instance; signal: AbortSignal },
): Promise<Instance> {
  const { id, service } = instance;
  addresses.forget(id);
  const start = (): Promise<unknown> =>
    engine
      .ask({ doing: `start the container of ${service}`, signal }, (client) =>
        client.getContainer(id).start({ abortSignal: signal }),
      )
      .catch(unless([304], undefined));
  try {
    await start().catch(async (thrown: unknown) => {
      if (!isNetworkGone(thrown)) throw thrown;
      await rejoinNetwork(engine, { target, id, signal });
      await start();
    });
  } catch (thrown) {
    throw await nameStartFailure(engine, { thrown, target, signal });
  }
  let look = await inspectContainer(engine, instance, signal);
  if (look.state.status === 'running' && !look.endpoint) {
    const isMended = await rejoinNetwork(engine, { target, id, signal });
    if (isMended) look = await inspectContainer(engine, instance, signal);
  }
  const { state, endpoint, generation } = look;
  addresses.note(id, endpoint);
  const { exitCode: _exitCode, health: _health, ...lasting } = instance;
  // It may have done its work, or failed, by now.
  const { startedAt, exitCode } = state;
  if (state.status !== 'exited') return { ...lasting, generation, startedAt, status: 'running' };
  return { ...lasting, generation, startedAt, status: 'exited', exitCode };
}

async function nameStartFailure(
  engine: Engine,
  { thrown, target, signal }: { thrown: unknown; target: Target; signal: AbortSignal },
): Promise<unknown> {
  if (statusOf(thrown) === undefined) return thrown;
  const { service, ports } = target;
  const reason = reasonOf(thrown);
  if (isNetworkGone(thrown)) {
    const facts = { service, network: target.project.project };
    return dockerErrors.create('DS_DOCKER_NETWORK_GONE', facts, thrown);
  }
  if (!/port is already allocated|address already in use|ports are not available/i.test(reason)) {
    return dockerErrors.create('DS_DOCKER_START_FAILED', { service, reason }, thrown);
  }
  const port = ports.find(({ host }) => new RegExp(`:${host}\\b`).test(reason))?.host;
  const owner =
    port === undefined
      ? undefined
      : await findPortOwner(engine, port, signal).catch(() => undefined);
  const machine = remoteHostOf(await engine.connect(signal));
  return dockerErrors.create('DS_DOCKER_PORT_TAKEN', { service, port, owner, machine }, thrown);
}
