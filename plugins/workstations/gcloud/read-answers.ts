import { isObject, plainText, resolveDuration } from 'devservices/machine';
import type { Workstation, WorkstationConfig, WorkstationState } from '../contract.ts';
import { parsePath } from './resource-path.ts';

/** A workstation as gcloud tells of it, and whether it is being changed. */
export interface SeenWorkstation extends Workstation {
  isBeingChanged: boolean;
}

/** A configuration with what its workstations keep their files on. */
export interface SeenConfig extends WorkstationConfig {
  disks: readonly { mountPath: string; sizeGb?: number; isDeleted: boolean }[];
}

/** Of `gcloud workstations describe`; undefined for anything else. */
export function readWorkstation(answer: unknown): SeenWorkstation | undefined {
  if (!isObject(answer)) return undefined;
  const id = textOf(answer['name']);
  const path = parsePath(id);
  const { workstation: name, ...scope } = path ?? {};
  if (path === undefined || name === undefined) return undefined;
  const providerState = textOf(answer['state']) || 'STATE_UNSPECIFIED';
  const createdAt = textOf(answer['createTime']);
  return {
    name,
    provider: 'gcloud',
    state: states[providerState] ?? 'unknown',
    providerState: plainText(providerState),
    scope: scope as Workstation['scope'],
    id,
    // One without is told from its former selves by when it was made.
    uid: textOf(answer['uid']) || createdAt || id,
    ...(createdAt !== '' && { createdAt }),
    isBeingChanged: answer['reconciling'] === true,
  };
}

/** Of `gcloud workstations list`; undefined where any of it is not understood. */
export const readWorkstations = (answer: unknown): SeenWorkstation[] | undefined =>
  readAll(answer, readWorkstation);

/** Of `gcloud workstations configs list`. */
export const readConfigs = (answer: unknown): SeenConfig[] | undefined =>
  readAll(answer, readConfig);

/** Of `gcloud workstations configs describe`. */
export function readConfig(answer: unknown): SeenConfig | undefined {
  if (!isObject(answer)) return undefined;
  const path = parsePath(textOf(answer['name']));
  if (path === undefined || path.workstation !== undefined) return undefined;
  const machineType = textOf(at(answer, 'host', 'gceInstance', 'machineType'));
  const image = textOf(at(answer, 'container', 'image'));
  const idleTimeoutMs = resolveDuration(textOf(answer['idleTimeout']));
  const runningTimeoutMs = resolveDuration(textOf(answer['runningTimeout']));
  const problem = problemOf(answer);
  return {
    name: path.config,
    region: path.region,
    cluster: path.cluster,
    ...(machineType !== '' && { machineType }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
    ...(runningTimeoutMs !== undefined && { runningTimeoutMs }),
    ...(image !== '' && { image }),
    ...(problem !== undefined && { problem }),
    disks: listOf(answer['persistentDirectories']).map(readDisk),
  };
}

const states: Readonly<Record<string, WorkstationState>> = {
  STATE_STARTING: 'starting',
  STATE_RUNNING: 'running',
  STATE_STOPPING: 'stopping',
  STATE_STOPPED: 'stopped',
};

function readAll<Item>(answer: unknown, read: (item: unknown) => Item | undefined) {
  if (!Array.isArray(answer)) return undefined;
  const items = answer.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function problemOf(config: Readonly<Record<string, unknown>>): string | undefined {
  if (config['degraded'] !== true) return undefined;
  const reasons = listOf(config['conditions']).map((one) => plainText(textOf(at(one, 'message'))));
  return reasons.filter((reason) => reason !== '').join('; ') || 'it is degraded';
}

function readDisk(directory: unknown): SeenConfig['disks'][number] {
  const sizeGb = Number(at(directory, 'gcePd', 'sizeGb'));
  return {
    mountPath: plainText(textOf(at(directory, 'mountPath'))) || '/home',
    ...(sizeGb > 0 && { sizeGb }),
    isDeleted: at(directory, 'gcePd', 'reclaimPolicy') !== 'RETAIN',
  };
}

function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
