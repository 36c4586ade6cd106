import { parseObject } from 'devservices/machine';
import type { Login } from '../contract.ts';
import type { SshPlaces } from './ssh-places.ts';

/** One host of our ssh configuration. */
export interface HostEntry {
  /** Names the workstation among all. */
  workstation: string;
  alias: string;
  /** Its lines: `Host …` and what is indented below it. */
  lines: string;
}

export interface RenderHost {
  workstation: string;
  alias: string;
  login: Login;
  /** Of this machine. */
  port: number;
  places: Pick<SshPlaces, 'key' | 'knownHosts'>;
}

/** The host as ssh reads it. Pure. */
export function renderHost(request: RenderHost): HostEntry {
  const { workstation, alias, login, port, places } = request;
  const { identityFile, hostKeys } = login;
  const fields: Readonly<Record<string, string | undefined>> = {
    HostName: '127.0.0.1',
    Port: String(port),
    User: quote(login.user),
    IdentityFile: identityFile === undefined ? undefined : quotePath(identityFile),
    IdentitiesOnly: identityFile === undefined ? undefined : 'yes',
    // The port of this machine is another each time; who answers there is not.
    HostKeyAlias: places.key,
    UserKnownHostsFile: quotePath(places.knownHosts),
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: hostKeys === undefined ? 'accept-new' : 'yes',
    UpdateHostKeys: 'no',
    CheckHostIP: 'no',
    ServerAliveInterval: '15',
    ServerAliveCountMax: '4',
  };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name} ${value}`],
  );
  return { workstation, alias, lines: [`Host ${alias}`, ...lines].join('\n') };
}

/** The whole file. */
export function renderHosts(hosts: readonly HostEntry[]): string {
  const parts = hosts.map(
    ({ workstation, alias, lines }) =>
      `${mark}${JSON.stringify({ workstation, alias })}\n${lines}\n`,
  );
  return [introduction, ...parts].join('\n');
}

/** The hosts of a file that `renderHosts` made; what else is in it is left out. */
export function parseHosts(text: string): readonly HostEntry[] {
  return text
    .split(`\n${mark}`)
    .slice(1)
    .flatMap((part) => {
      const [first = '', ...lines] = part.trimEnd().split('\n');
      const named = parseMark(first);
      return named ? [{ ...named, lines: lines.join('\n') }] : [];
    });
}

/** The alias of a workstation: a name that no other one has. */
export function chooseAlias(
  { name, key }: { name: string; key: string },
  taken: readonly string[],
): string {
  // A pattern would be another's host as well.
  const plain = name.replaceAll(/[^\w.-]/g, '_');
  const names = [plain, `${plain}-${key.slice(0, 4)}`, `${plain}-${key}`];
  const aliases = names.map((one) => `${one}.workstation`);
  return aliases.find((alias) => !taken.includes(alias)) ?? `${key}.workstation`;
}

const introduction = '# Written by devservices, whole each time: what you add is lost.\n';
const mark = '# workstation ';

function parseMark(text: string): Omit<HostEntry, 'lines'> | undefined {
  const named = parseObject(text);
  if (!named) return undefined;
  const { workstation, alias } = named;
  if (typeof workstation !== 'string' || typeof alias !== 'string') return undefined;
  return { workstation, alias };
}

// ssh replaces %x in paths.
const quotePath = (path: string): string => quote(path.replaceAll('%', '%%'));

// A line cannot be continued: what would begin another one can only be wrong.
function quote(text: string): string {
  return `"${text.replaceAll(/\p{Cc}/gu, '?').replaceAll(/["\\]/g, '\\$&')}"`;
}
