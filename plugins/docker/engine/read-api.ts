import { dockerErrors } from '../errors.ts';
import type { Transport } from './transport.ts';

/** What is read of an entry of `GET /containers/json`. */
export interface ListedContainer {
  Id: string;
  Names: readonly string[] | null;
  Image: string;
  ImageID: string;
  /** Seconds since the epoch. */
  Created: number;
  Ports: readonly { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[] | null;
  Labels: Readonly<Record<string, string>> | null;
  Mounts?: readonly { Name?: string }[] | null;
  State: string;
  Status: string;
  HostConfig?: { NetworkMode?: string } | null;
  NetworkSettings?: {
    Networks?: Readonly<Record<string, ListedEndpoint>> | null;
  } | null;
}

/** A container's place on one network. */
export interface ListedEndpoint {
  /** Empty on Podman. */
  EndpointID?: string;
  MacAddress?: string;
  IPAddress?: string;
  Gateway?: string;
  NetworkID?: string;
}

/** The newest API that we know, and the oldest that has all we need (Engine 20.10). */
const newest = '1.51';
const oldest = '1.41';

export interface EngineAnswer {
  /** The API version to speak from here on. */
  apiVersion: string;
  isPodman: boolean;
}

/** Asks an engine for a sign of life. */
export async function pingEngine(
  transport: Transport,
  { way, ...options }: { way: string; signal?: AbortSignal; timeoutMs: number },
): Promise<EngineAnswer> {
  const { status, headers } = await transport.get('/_ping', options);
  const version = headers['api-version'];
  if (status !== 200 || typeof version !== 'string' || !/^\d+\.\d+$/.test(version)) {
    throw new Error(`something answers (status ${status}), but not as a Docker engine does`);
  }
  if (compareVersions(version, oldest) < 0) {
    throw dockerErrors.create('DS_DOCKER_TOO_OLD', { way, version, minimum: oldest });
  }
  return {
    apiVersion: compareVersions(version, newest) < 0 ? version : newest,
    isPodman: headers['libpod-api-version'] !== undefined,
  };
}

export interface ListRequest extends EngineAnswer {
  filters: Readonly<Record<string, readonly string[]>>;
  signal: AbortSignal;
}

/** One list call: every container that matches, stopped ones included. Rejects with Node's own error. */
export async function listContainers(
  transport: Transport,
  request: ListRequest,
): Promise<readonly ListedContainer[]> {
  const query = `all=1&filters=${encodeURIComponent(JSON.stringify(request.filters))}`;
  const path = `/v${request.apiVersion}/containers/json?${query}`;
  const [{ status, body }, healths] = await Promise.all([
    transport.get(path, request),
    request.isPodman ? listPodmanHealths(transport, query, request.signal) : undefined,
  ]);
  if (status === 200) {
    const found = JSON.parse(body) as ListedContainer[];
    if (!healths) return found;
    return found.map((one) => ({ ...one, Status: `${one.Status}${healths.get(one.Id) ?? ''}` }));
  }
  throw dockerErrors.create('DS_DOCKER_REQUEST_FAILED', {
    doing: 'list containers',
    reason: body.trim() || `status ${status}`,
  });
}

// In Docker's own words, which Podman leaves out of Docker's list but has in its own.
async function listPodmanHealths(
  transport: Transport,
  query: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { status, body } = await transport.get(`/v4.0.0/libpod/containers/json?${query}`, {
    signal,
  });
  const listed = status === 200 ? (JSON.parse(body) as { Id: string; Status?: string }[]) : [];
  return new Map(
    listed.flatMap(({ Id, Status }) => (Status ? [[Id, ` (${Status})`] as const] : [])),
  );
}

function compareVersions(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}
