import { type Cloud, type CloudError, CloudRefusal } from './cloud.ts';

/** What a request asks for; `tunnel` is a websocket's opening. */
export type CallKind =
  | 'configs'
  | 'config'
  | 'list'
  | 'describe'
  | 'create'
  | 'start'
  | 'stop'
  | 'delete'
  | 'token'
  | 'operation'
  | 'tunnel'
  | 'other';

/** A request as it came in. */
export interface ApiCall {
  kind: CallKind;
  method: string;
  path: string;
  query: Readonly<Record<string, string>>;
  /** Without its path: `box`. */
  workstation?: string;
  /** The resource's path: `projects/acme/…`. */
  resource: string;
}

const cluster = 'projects/[^/:]+/locations/[^/:]+/workstationClusters/[^/:]+';
const shapes: readonly [kind: CallKind, method: string, shape: RegExp][] = [
  ['configs', 'GET', RegExp(`^(${cluster})/workstationConfigs$`)],
  ['config', 'GET', RegExp(`^(${cluster}/workstationConfigs/[^/:]+)$`)],
  ['list', 'GET', RegExp(`^(${cluster}/workstationConfigs/[^/:]+)/workstations$`)],
  ['create', 'POST', RegExp(`^(${cluster}/workstationConfigs/[^/:]+)/workstations$`)],
  ['describe', 'GET', RegExp(`^(${cluster}/.*/workstations/([^/:]+))$`)],
  ['delete', 'DELETE', RegExp(`^(${cluster}/.*/workstations/([^/:]+))$`)],
  ['start', 'POST', RegExp(`^(${cluster}/.*/workstations/([^/:]+)):start$`)],
  ['stop', 'POST', RegExp(`^(${cluster}/.*/workstations/([^/:]+)):stop$`)],
  ['token', 'POST', RegExp(`^(${cluster}/.*/workstations/([^/:]+)):generateAccessToken$`)],
  ['operation', 'GET', /^(projects\/[^/:]+\/locations\/[^/:]+\/operations\/[^/:]+)$/],
];

/** Tells from its first line what a request is about. */
export function readCall(method: string, url: string): ApiCall {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const query = Object.fromEntries(searchParams);
  const path = decodeURIComponent(pathname).replace(/^\/v1\//, '');
  for (const [kind, expected, shape] of shapes) {
    const found = method === expected && shape.exec(path);
    if (!found) continue;
    const [, parent = '', last] = found;
    const workstation = kind === 'create' ? query['workstationId'] : last;
    const resource = kind === 'create' ? `${parent}/workstations/${workstation}` : parent;
    return { kind, method, path, query, resource, ...(workstation && { workstation }) };
  }
  return { kind: 'other', method, path, query, resource: path };
}

/** What a cloud says to a call. Throws a CloudRefusal. */
export function answerCall(
  cloud: Cloud,
  call: ApiCall,
  rest: { error?: CloudError | undefined; pageSize: number; issueToken(resource: string): string },
): unknown {
  const { kind, resource } = call;
  switch (kind) {
    case 'configs':
      return page(call, 'workstationConfigs', {
        all: within(cloud, cloud.configs, resource),
        size: rest.pageSize,
      });
    case 'list':
      return page(call, 'workstations', {
        all: within(cloud, cloud.workstations, resource),
        size: rest.pageSize,
      });
    case 'config':
      return cloud.getConfig(resource);
    case 'describe':
      return cloud.get(resource);
    case 'operation':
      return cloud.operation(resource);
    case 'create':
    case 'start':
    case 'stop':
    case 'delete':
      return cloud[kind](resource, rest.error);
    case 'token':
      cloud.get(resource);
      return { accessToken: rest.issueToken(resource), expireTime: '2036-01-01T00:00:00Z' };
    case 'tunnel':
    case 'other':
      throw new CloudRefusal(404, 'NOT_FOUND', `There is no ${call.method} ${call.path}`);
  }
}

/** `-` stands for all; a project of which nothing is known is one that may not be seen. */
function within<Item extends { name: string }>(
  cloud: Cloud,
  items: ReadonlyMap<string, Item>,
  parent: string,
): Item[] {
  const wanted = parent.split('/');
  const [, project] = wanted;
  const isIn = (name: string) =>
    name.split('/').every((part, at) => ['-', undefined, part].includes(wanted[at]));
  const known = [...cloud.configs.keys()];
  if (!known.some((name) => name.startsWith(`projects/${project}/`))) {
    const permission = 'workstations.workstationConfigs.list';
    const message = `Permission '${permission}' denied on 'projects/${project}'`;
    throw new CloudRefusal(403, 'PERMISSION_DENIED', message);
  }
  if (!known.some(isIn)) throw new CloudRefusal(404, 'NOT_FOUND', `'${parent}' was not found`);
  return [...items.values()].filter(({ name }) => isIn(name));
}

function page(
  { query }: ApiCall,
  field: string,
  { all, size }: { all: readonly unknown[]; size: number },
): unknown {
  const from = Number(query['pageToken'] ?? 0);
  const next = from + size;
  return {
    [field]: all.slice(from, next),
    ...(next < all.length && { nextPageToken: String(next) }),
  };
}
