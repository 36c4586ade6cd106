import { writeArchive } from 'devservices/machine';
import type { Target } from 'devservices/runner';
import { reasonOf, statusOf, unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { dockerErrors } from '../errors.ts';
import { furtherNetworks } from './create-network.ts';
import { apiOf } from './engine-api.ts';
import { asContainer } from '../fields/resolved-container.ts';

/** What a container needs between its creation and its start: files put into it, further networks. */
export async function finishContainer(engine: Engine, target: Target, id: string): Promise<void> {
  await uploadFiles(engine, target, id);
  await connectNetworks(engine, target, id);
}

/** Throws DS_DOCKER_NETWORK_MISSING for the first further network that is not there. */
export async function assertNetworks(
  engine: Engine,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  const { networks = {} } = asContainer(target.run);
  for (const network of Object.keys(networks).filter((name) => name !== 'default')) {
    const asked = { doing: `inspect the network ${network}`, signal };
    const found = await engine
      .ask(asked, (client) => client.getNetwork(network).inspect())
      .then(() => true)
      .catch(unless([404], false));
    if (!found) {
      throw dockerErrors.create('DS_DOCKER_NETWORK_MISSING', { service: target.service, network });
    }
  }
}

async function uploadFiles(engine: Engine, target: Target, id: string): Promise<void> {
  const { secrets = {}, configs = {} } = asContainer(target.run);
  const files = [...Object.values(secrets), ...Object.values(configs)]
    .flat()
    .flatMap((file) =>
      'content' in file
        ? [{ ...file, path: file.target, content: Buffer.from(file.content, 'base64') }]
        : [],
    );
  if (files.length === 0) return;
  const asked = { doing: `put files into the container of ${target.service}` };
  await engine.ask(asked, (client) =>
    client.getContainer(id).putArchive(writeArchive(files), { path: '/' }),
  );
}

async function connectNetworks(engine: Engine, target: Target, id: string): Promise<void> {
  const { service } = target;
  if (asContainer(target.run).networks === undefined) return;
  const api = apiOf(await engine.client());
  for (const { network, config } of furtherNetworks(target, api)) {
    const asked = { doing: `connect the container of ${service} to the network ${network}` };
    await engine
      .ask(asked, (client) =>
        client.getNetwork(network).connect({ Container: id, EndpointConfig: config }),
      )
      .catch((thrown: unknown) => {
        // Somebody removed it since it was looked for.
        if (statusOf(thrown) === 404) {
          throw dockerErrors.create('DS_DOCKER_NETWORK_MISSING', { service, network }, thrown);
        }
        if (![400, 403].includes(statusOf(thrown) ?? 0)) throw thrown;
        throw dockerErrors.create(
          'DS_DOCKER_RUN_REFUSED',
          { service, reason: reasonOf(thrown) },
          thrown,
        );
      });
  }
}
