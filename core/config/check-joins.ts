import { joinsOf } from '../run/joins.ts';
import { expandPorts } from '../service/expand-ports.ts';
import type { Port } from '../service/service.ts';
import { didYouMean } from '../suggestion.ts';
import { isMergeable } from './merge-tree.ts';
import type { Finding } from './schema-problems.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What does not go together in containers that share another's network, or have none. */
export function checkJoins(services: Readonly<Record<string, Fields>>): Finding[] {
  return Object.entries(services).flatMap(([name, service]) => [
    ...joinsOf(service['run']).flatMap(({ runKey, field, service: other }): Finding[] => {
      const path = ['services', name, 'run', ...(runKey === undefined ? [] : [runKey]), field];
      if (other === name) return [{ path, text: 'A service can not share what is its own.' }];
      const known = Object.keys(services);
      if (!known.includes(other)) {
        const text = `There is no service "${other}".${didYouMean(other, known)}`;
        return [{ path, text }];
      }
      return field === 'networkMode' ? checkJoinedPorts(services, name, other) : [];
    }),
    ...checkPortless(name, service),
  ]);
}

/** The ports of a service one by one; what is no port is passed over. */
export function portsOf(service: Fields | undefined): ReturnType<typeof expandPorts> {
  const given = isMergeable(service?.['ports']) ? service['ports'] : {};
  const ports = Object.entries(given).filter(
    ([, port]) => typeof port === 'number' || isMergeable(port),
  );
  return expandPorts(Object.fromEntries(ports) as Record<string, Port>);
}

// The engine publishes ports of the container that has the network, and of no other.
function checkJoinedPorts(
  services: Readonly<Record<string, Fields>>,
  name: string,
  owner: string,
): Finding[] {
  const published = portsOf(services[owner]);
  return portsOf(services[name])
    .filter(
      ({ container, protocol }) =>
        !published.some((port) => port.container === container && port.protocol === protocol),
    )
    .map(({ name: port, container, protocol }) => ({
      path: ['services', name, 'ports', port],
      text: `It has the network of ${owner}, which has to publish ${container}/${protocol}: add it to the ports of ${owner}.`,
    }));
}

function checkPortless(name: string, service: Fields): Finding[] {
  const run = isMergeable(service['run']) ? service['run'] : {};
  if (portsOf(service).length === 0) return [];
  return Object.entries(run).flatMap(([key, each]): Finding[] => {
    const mode = isMergeable(each) ? each['networkMode'] : undefined;
    const isPortless = mode === 'none' || String(mode).startsWith('container:');
    if (!isPortless) return [];
    const text =
      mode === 'none'
        ? 'Without a network it has no ports: leave out `ports`.'
        : 'The ports of a container that is not of this project are not known: leave out `ports`.';
    return [{ path: ['services', name, 'run', key, 'networkMode'], text }];
  });
}
