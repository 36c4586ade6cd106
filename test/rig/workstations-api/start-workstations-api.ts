import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type ApiCall, answerCall, readCall } from './answer-call.ts';
import { type CloudPlace, CloudRefusal, createCloud } from './cloud.ts';
import { openTunnelDoor } from './open-tunnel-door.ts';
import type { ApiFault, WorkstationsApi } from './workstations-api.ts';

/**
 * Listens on loopback until closed. `ports`: where a workstation's ports lead to on this machine;
 * `looks`: how often a change is seen under way before it is done; lists come in pages of `pageSize`.
 *
 * @example
 * await using api = await startWorkstationsApi({ ports: { 22: sshd.port } });
 * api.put('box', { state: 'STATE_STOPPED' });
 */
export async function startWorkstationsApi({
  ports = {},
  looks = 1,
  pageSize = 2,
}: {
  ports?: Readonly<Record<number, number>>;
  looks?: number;
  pageSize?: number;
} = {}): Promise<WorkstationsApi> {
  const folder = mkdtempSync(join(tmpdir(), 'ds-cloud-'));
  const calls: ApiCall[] = [];
  const watchers = new Set<(call: ApiCall) => void>();
  const faults: ((call: ApiCall) => ApiFault | undefined)[] = [];
  let token: string | undefined = 'token-of-a-tester';
  const note = (call: ApiCall): ApiFault | undefined => {
    calls.push(call);
    for (const watch of watchers) watch(call);
    return firstFault(faults, call);
  };
  const cloud = createCloud({ host: () => door.host, looks });
  const targets: Record<number, number> = { ...ports };
  const door = await openTunnelDoor({
    folder,
    ports: targets,
    note,
    isRunning: (name) => cloud.workstations.get(name)?.state === 'STATE_RUNNING',
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = readCall(request.method ?? '', request.url ?? '');
    const fault = note(call);
    request.resume();
    if (fault === 'hang') return;
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    if (fault === 'garbage') return reply(response, 200, '<html>This is no JSON');
    if (typeof fault === 'object' && 'status' in fault) {
      const { status, message = `Refused with ${status} as the test wants it`, body } = fault;
      return reply(
        response,
        status,
        body ?? errorBody(status, words[status] ?? 'UNKNOWN', message),
      );
    }
    if (typeof fault === 'object' && 'until' in fault) await fault.until;
    const error = typeof fault === 'object' && 'operationError' in fault && fault.operationError;
    try {
      if (request.headers.authorization !== `Bearer ${token}`) {
        const message = 'Request had invalid authentication credentials.';
        throw new CloudRefusal(401, 'UNAUTHENTICATED', message);
      }
      const said = answerCall(cloud, call, {
        error: error || undefined,
        pageSize,
        issueToken: door.issueToken,
      });
      if (call.kind === 'stop' || call.kind === 'delete') door.breakAll(call.resource);
      reply(response, 200, JSON.stringify(said));
    } catch (refusal) {
      if (!(refusal instanceof CloudRefusal)) throw refusal;
      const { code, status, message } = refusal;
      reply(response, code, errorBody(code, status, message));
    }
  };
  const open = new Set<Duplex>();
  const server = createServer((request, response) => void answer(request, response));
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  mkdirSync(join(folder, 'gcloud'), { mode: 0o700 });

  const api: WorkstationsApi = {
    url,
    environment: {
      CLOUDSDK_CONFIG: join(folder, 'gcloud'),
      CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKSTATIONS: url,
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(folder, 'token'),
      CLOUDSDK_CORE_ACCOUNT: 'tester@example.com',
      CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: door.authorityFile,
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
      CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
    },
    calls,
    callsOf: (kind) => calls.filter((call) => call.kind === kind),
    seen: (matches) =>
      new Promise((resolve) => {
        const past = calls.find(matches);
        if (past) return resolve(past);
        const watch = (call: ApiCall) => {
          if (!matches(call)) return;
          watchers.delete(watch);
          resolve(call);
        };
        watchers.add(watch);
      }),
    fault(decide) {
      faults.unshift(decide);
      return () => void faults.splice(faults.indexOf(decide) >>> 0, 1);
    },
    putConfig(config, { project, region, cluster, ...more } = {}) {
      const name = pathOf({ project, region, cluster, config });
      cloud.configs.set(name, {
        name,
        idleTimeout: '1200s',
        runningTimeout: '43200s',
        host: { gceInstance: { machineType: 'e2-standard-8' } },
        container: { image: 'europe-docker.pkg.dev/acme/images/dev:1' },
        ...more,
      });
    },
    put(name, { state = 'STATE_RUNNING', ...place } = {}) {
      const config = pathOf(place);
      if (!cloud.configs.has(config)) {
        const { config: short = 'small', ...above } = place;
        api.putConfig(short, above);
      }
      const path = `${config}/workstations/${name}`;
      const there = cloud.workstations.get(path) ?? cloud.add(path, state);
      there.state = state;
    },
    remove: (name, place = {}) => cloud.remove(`${pathOf(place)}/workstations/${name}`),
    stateOf: (name, place = {}) =>
      cloud.workstations.get(`${pathOf(place)}/workstations/${name}`)?.state,
    takes: cloud.takes,
    settle: cloud.settle,
    expireToken: () => void (token = undefined),
    lead: (port, target) => void (targets[port] = target),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await Promise.all([closed, door.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => api.close(),
  };
  return api;
}

const words: Readonly<Record<number, string>> = {
  400: 'FAILED_PRECONDITION',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

function firstFault(
  faults: readonly ((call: ApiCall) => ApiFault | undefined)[],
  call: ApiCall,
): ApiFault | undefined {
  for (const decide of faults) {
    const fault = decide(call);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function errorBody(code: number, status: string, message: string): string {
  return JSON.stringify({ error: { code, message, status } });
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(body);
}

function pathOf(place: { [Part in keyof CloudPlace]?: string | undefined }): string {
  const { project = 'acme', region = 'europe-west1', cluster = 'main', config = 'small' } = place;
  return `projects/${project}/locations/${region}/workstationClusters/${cluster}/workstationConfigs/${config}`;
}
