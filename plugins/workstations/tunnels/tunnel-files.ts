import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  fileReason,
  isErrno,
  isObject,
  loadStateFile,
  parseObject,
  replaceStateFile,
  stateErrors,
} from 'devservices/machine';
import type { TunnelRecord } from './tunnel-record.ts';

/** Where a tunnel is remembered, and what it wrote. */
export function tunnelPlaces(folder: string, id: string): { record: string; log: string } {
  return { record: join(folder, `${id}.json`), log: join(folder, `${id}.log`) };
}

/** Where a tunnel leads. */
export type TunnelTarget = Pick<TunnelRecord, 'provider' | 'workstation' | 'remotePort'>;

/** Names all tunnels, past and present, that lead to one port of one workstation: 16 hex digits. */
export function keyOf({ provider, workstation, remotePort }: TunnelTarget): string {
  const text = JSON.stringify([provider, workstation, remotePort]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Those that are recorded, oldest first; a file that is no record is left out. Throws DS_STATE_UNREADABLE. */
export function readTunnels(folder: string): readonly TunnelRecord[] {
  return listIds(folder)
    .map((id) => readTunnel(folder, id))
    .filter((record) => record !== undefined)
    .toSorted((a, b) => a.startedAt - b.startedAt || a.id.localeCompare(b.id));
}

/** Remembers a tunnel, whole. Throws DS_STATE_UNWRITABLE. */
export function writeTunnel(folder: string, record: TunnelRecord): void {
  replaceStateFile(tunnelPlaces(folder, record.id).record, `${JSON.stringify(record)}\n`);
}

/** Forgets a tunnel and what it wrote. Throws DS_STATE_UNWRITABLE. */
export function removeTunnel(folder: string, id: string): void {
  const { record, log } = tunnelPlaces(folder, id);
  // The record last: whoever finds it still knows what else there is.
  for (const path of [log, record]) {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
    }
  }
}

function readTunnel(folder: string, id: string): TunnelRecord | undefined {
  const text = loadStateFile(tunnelPlaces(folder, id).record);
  const record = text === undefined ? undefined : parseObject(text);
  return record?.['id'] === id && isRecord(record) ? record : undefined;
}

function isRecord(value: Readonly<Record<string, unknown>>): value is TunnelRecord & typeof value {
  const { v, provider, workstation, name, command, leader } = value;
  const { remotePort, localPort, startedAt } = value;
  return (
    v === 1 &&
    [provider, workstation, name].every((text) => typeof text === 'string') &&
    [remotePort, localPort, startedAt].every((number) => typeof number === 'number') &&
    Array.isArray(command) &&
    isObject(leader) &&
    isPid(leader['pid']) &&
    typeof leader['startTicks'] === 'string' &&
    typeof leader['bootId'] === 'string'
  );
}

// Signals to 0, 1 or a negative number go to whole crowds.
const isPid = (pid: unknown): boolean => Number.isSafeInteger(pid) && (pid as number) > 1;

function listIds(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .map((name) => /^([0-9a-f]{12})\.json$/.exec(name)?.[1])
      .filter((id) => id !== undefined);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    const reason = fileReason(error);
    throw stateErrors.create('DS_STATE_UNREADABLE', { path: folder, reason }, error);
  }
}
