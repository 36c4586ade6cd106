import { readFileSync } from 'node:fs';
import type { ProjectIdentity } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';
import type { ListedContainer } from '../engine/read-api.ts';
import { findNetwork } from './project-network.ts';
import type { ProjectNetwork } from './project-network.ts';

/** The addresses of this machine on projects' networks, remembered for as long as they hold. */
export interface ProjectGateways {
  /** Notes what a list tells of the project's network; containers that do not run tell nothing. */
  noteListed(project: ProjectIdentity, found: readonly ListedContainer[]): void;
  noteNetwork(project: ProjectIdentity, network: ProjectNetwork | undefined): void;
  /**
   * The IPv4 address at which the project's containers arrive on this machine; undefined where their
   * bridge is not in this machine's own network, as with Docker Desktop, rootless engines and Podman.
   */
  find(project: ProjectIdentity, signal: AbortSignal): Promise<string | undefined>;
}

interface Place {
  networkId: string;
  gateway: string;
}

/** Asks the engine only where no running container told. */
export function createProjectGateways(engine: Engine): ProjectGateways {
  const known = new Map<string, Place>();
  const note = ({ project }: ProjectIdentity, place: Partial<Place> | undefined): void => {
    const { networkId, gateway } = place ?? {};
    if (networkId && gateway) known.set(project, { networkId, gateway });
    else known.delete(project);
  };
  const noteNetwork: ProjectGateways['noteNetwork'] = (project, network) => {
    const gateway = network?.IPAM?.Config?.map(({ Gateway = '' }) => withoutPrefix(Gateway)).find(
      (address) => address.includes('.'),
    );
    note(project, network && gateway ? { networkId: network.Id, gateway } : undefined);
  };
  return {
    noteNetwork,
    noteListed(project, found) {
      const [place] = found.flatMap(({ NetworkSettings }) => {
        const { NetworkID, Gateway } = NetworkSettings?.Networks?.[project.project] ?? {};
        return NetworkID && Gateway ? [{ networkId: NetworkID, gateway: Gateway }] : [];
      });
      note(project, place);
    },
    async find(project, signal) {
      const address = await engine.connect(signal);
      if (address.kind !== 'socket' || process.platform !== 'linux') return undefined;
      if (!known.has(project.project)) {
        noteNetwork(project, await findNetwork(engine, project, signal));
      }
      const place = known.get(project.project);
      return place && isHere(place.networkId) ? place.gateway : undefined;
    },
  };
}

// The bridge is named after the network's random id: an engine elsewhere has none of that name here,
// whatever its addresses. Node's own list leaves out bridges on which nothing runs yet.
function isHere(networkId: string): boolean {
  const bridge = `br-${networkId.slice(0, 12)}:`;
  return readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .some((line) => line.trimStart().startsWith(bridge));
}

// Engines have written the length of the prefix behind it.
function withoutPrefix(gateway: string): string {
  return gateway.replace(/\/\d+$/, '');
}
