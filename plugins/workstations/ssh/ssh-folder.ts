import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  acquireLock,
  ensurePrivateFolder,
  fileReason,
  loadStateFile,
  replaceStateFile,
  stateErrors,
  systemClock,
} from 'devservices/machine';
import type { CommandShell } from 'devservices/runner';
import type { Login, SshPlace } from '../contract.ts';
import { jetbrainsLink, vscodeLink } from './editor-links.ts';
import { ensureKeyPair, type KeyPair } from './key-pair.ts';
import { shellWord } from './shell-word.ts';
import { chooseAlias, type HostEntry, parseHosts, renderHost, renderHosts } from './ssh-config.ts';
import { placesOf, type SshPlaces } from './ssh-places.ts';

/** Our own ssh configuration, known hosts and keys: the user's are neither read nor changed. */
export interface SshFolder extends WorkstationKeys {
  /**
   * Has `ssh -F CONFIG ALIAS` lead to a workstation, whose sshd a port of this machine leads to. The alias
   * is `NAME.workstation`, and `NAME-XXXX.workstation` where a living one of that name has it.
   *
   * Throws DS_STATE_UNWRITABLE.
   */
  place(request: PlaceRequest): Promise<SshPlace>;
  /** What ssh was last told of it; undefined where that is nothing. Throws DS_STATE_UNREADABLE. */
  find(workstation: string): Pick<SshPlace, 'host' | 'configFile'> | undefined;
  /** Nothing leads there any more: its alias and the host keys that were accepted are forgotten. */
  withdraw(workstation: string): Promise<void>;
  /** The host keys that were accepted: those of the next tunnel's end may be others. */
  forgetHostKeys(workstation: string): void;
  /** It is gone: nothing of it is kept, its keys neither. */
  drop(workstation: string): Promise<void>;
}

/** Keys that are made for a workstation: ed25519, without a passphrase, for this user's eyes only. */
export interface WorkstationKeys {
  /** What one logs in with; made at the first question. Throws DS_STATE_UNWRITABLE. */
  keyPair(workstation: string): Promise<KeyPair>;
  /** What the workstation itself shows, where we may choose it. */
  hostKeyPair(workstation: string): Promise<KeyPair>;
  dropKeys(workstation: string): void;
}

export interface PlaceRequest {
  /** Names the workstation among all. */
  workstation: string;
  name: string;
  login: Login;
  /** Of this machine. */
  port: number;
  /** Whether something leads to another one, which has an alias. Default: yes. */
  isLiving?(workstation: string): boolean;
}

/** @example const ssh = openSshFolder({ folder: join(stateHome, 'workstations'), $ }); */
export function openSshFolder({ folder, $ }: { folder: string; $: CommandShell }): SshFolder {
  const configFile = join(folder, 'ssh_config');
  const forgetHostKeys = (workstation: string) => remove(placesOf(folder, workstation).knownHosts);
  const withdraw = async (workstation: string) => {
    forgetHostKeys(workstation);
    if (loadStateFile(configFile) === undefined) return;
    await changeHosts(configFile, (hosts) =>
      hosts.filter((host) => host.workstation !== workstation),
    );
  };
  const dropKeys = (workstation: string) => remove(placesOf(folder, workstation).keys);
  return {
    async place(request) {
      const places = placesOf(folder, request.workstation);
      writeKnownHosts(places, request.login);
      const hosts = await changeHosts(configFile, (before) => putHost(before, request, places));
      const host = hosts.find(({ workstation }) => workstation === request.workstation);
      return toPlace(host as HostEntry, { ...request, configFile });
    },
    find(workstation) {
      const hosts = parseHosts(loadStateFile(configFile) ?? '');
      const host = hosts.find((one) => one.workstation === workstation);
      return host && { host: host.alias, configFile };
    },
    withdraw,
    forgetHostKeys,
    async drop(workstation) {
      await withdraw(workstation);
      dropKeys(workstation);
    },
    keyPair: (workstation) => ensureKeyPair(placesOf(folder, workstation).clientKey, $),
    hostKeyPair: (workstation) => ensureKeyPair(placesOf(folder, workstation).hostKey, $),
    dropKeys,
  };
}

function writeKnownHosts({ key, knownHosts }: SshPlaces, { hostKeys }: Login): void {
  ensurePrivateFolder(dirname(dirname(knownHosts)));
  ensurePrivateFolder(dirname(knownHosts));
  if (hostKeys) replaceStateFile(knownHosts, hostKeys.map((line) => `${key} ${line}\n`).join(''));
}

function putHost(
  before: readonly HostEntry[],
  { workstation, name, login, port, isLiving = () => true }: PlaceRequest,
  places: SshPlaces,
): readonly HostEntry[] {
  const others = before.filter(
    (host) => host.workstation !== workstation && isLiving(host.workstation),
  );
  const taken = others.map(({ alias }) => alias);
  // An editor that is open goes on by the alias that it knows.
  const own = before.find((host) => host.workstation === workstation)?.alias;
  const alias =
    own !== undefined && !taken.includes(own) ? own : chooseAlias({ name, key: places.key }, taken);
  return [...others, renderHost({ workstation, alias, login, port, places })];
}

/** Replaces the hosts of the configuration, which others may be changing too; gives the new ones. */
async function changeHosts(
  configFile: string,
  change: (hosts: readonly HostEntry[]) => readonly HostEntry[],
): Promise<readonly HostEntry[]> {
  const task = 'write the ssh configuration';
  const lock = await acquireLock({ path: `${configFile}.lock`, task, clock: systemClock });
  try {
    const before = loadStateFile(configFile) ?? '';
    const hosts = change(parseHosts(before));
    const after = renderHosts(hosts);
    if (after !== before) replaceStateFile(configFile, after);
    return hosts;
  } finally {
    lock.release();
  }
}

function toPlace(
  { alias, lines }: HostEntry,
  { login: { user, folder }, port, configFile }: PlaceRequest & { configFile: string },
): SshPlace {
  return {
    host: alias,
    user,
    port,
    configFile,
    config: lines,
    command: `ssh -F ${shellWord(configFile)} ${alias}`,
    vscode: vscodeLink({ host: alias, folder }),
    jetbrains: jetbrainsLink({ user, port, folder }),
  };
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  }
}
