import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import { stateErrors } from '../errors/catalogue/state.ts';
import { type PortRange, portsOfRange } from '../service/port-range.ts';
import { fileReason, isErrno } from './file-reason.ts';
import { withRegistryLock } from './registry-lock.ts';
import { isObject, loadStateFile, parseObject, replaceStateFile } from './state-file.ts';

/** Which folder a path led to; the numbers are decimal text, since some exceed what JSON keeps exact. */
export interface FolderIdentity {
  device: string;
  inode: string;
  /** Nanoseconds since the epoch; 0 where the file system keeps none. */
  birth: string;
}

/** A host port that a checkout keeps for one of its services. */
export interface Lease {
  project: string;
  service: string;
  port: string;
  preferred: number | 'auto' | PortRange;
  host: number;
  /** Absent: tcp. */
  protocol?: 'udp';
}

/** What is remembered of one checkout. */
export interface CheckoutRecord {
  root: string;
  folder: FolderIdentity;
  /** Another folder was moved to `root`: where this one is now will be known when it is opened. */
  isDisplaced?: true;
  /** ISO time. */
  since: string;
  /** What a project is called here (`name`) for what it asked to be called (`plain`). */
  projects: { plain: string; name: string }[];
  leases: Lease[];
}

/** How the registry's file was found. */
export type FileState = 'whole' | 'missing' | 'damaged';

/** The checkouts of this machine's user, by id. */
export interface Registry {
  v: 1;
  checkouts: Record<string, CheckoutRecord>;
}

const fileName = 'registry.json';
const copyName = 'checkout.json';
const idPattern = /^[0-9a-f]{12}$/;

/**
 * The registry as it is, without waiting for anybody: it is replaced whole. A missing or damaged one is
 * put together again from the copy of its record that each checkout's folder has.
 *
 * Throws DS_STATE_UNREADABLE, DS_STATE_NEWER.
 */
export function loadRegistry(stateHome: string): { registry: Registry; file: FileState } {
  const path = join(stateHome, fileName);
  const text = loadStateFile(path);
  const value = text === undefined ? undefined : parseObject(text);
  if (typeof value?.['v'] === 'number' && value['v'] > 1) {
    throw stateErrors.create('DS_STATE_NEWER', { path });
  }
  if (isRegistry(value)) return { registry: value, file: 'whole' };
  return { registry: rebuild(stateHome), file: text === undefined ? 'missing' : 'damaged' };
}

/**
 * Changes the registry while nobody else does; writes only if `change` changed something. A damaged one
 * is moved aside first, which `onDamaged` is told.
 *
 * Throws DS_STATE_BUSY, DS_STATE_UNWRITABLE and what `loadRegistry` throws.
 */
export function updateRegistry<T>(
  stateHome: string,
  change: (draft: Registry) => T,
  onDamaged: (aside: string) => void = () => {},
): T {
  return withRegistryLock(stateHome, () => {
    const { registry, file } = loadRegistry(stateHome);
    const before = structuredClone(registry);
    const result = change(registry);
    if (file === 'damaged') onDamaged(moveAside(stateHome));
    const isChanged = writeCopies(stateHome, before, registry);
    if (isChanged || file !== 'whole') {
      replaceStateFile(join(stateHome, fileName), `${JSON.stringify(registry, null, 2)}\n`);
    }
    return result;
  });
}

/** Whether a checkout's folder is still where it was; what it held is free for others when not. */
export function isLiving(record: CheckoutRecord): boolean {
  return record.isDisplaced !== true && existsSync(record.root);
}

function writeCopies(stateHome: string, before: Registry, after: Registry): boolean {
  const changed = Object.entries(after.checkouts)
    .map(([id, record]) => ({ id, text: JSON.stringify(record, null, 2) }))
    .filter(({ id, text }) => JSON.stringify(before.checkouts[id], null, 2) !== text);
  for (const { id, text } of changed) {
    const folder = join(stateHome, id);
    if (existsSync(folder)) replaceStateFile(join(folder, copyName), `${text}\n`);
  }
  return changed.length > 0;
}

function moveAside(stateHome: string): string {
  const path = join(stateHome, fileName);
  const aside = `${path}.damaged-${Date.now()}`;
  try {
    renameSync(path, aside);
    return aside;
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  }
}

function rebuild(stateHome: string): Registry {
  const registry: Registry = { v: 1, checkouts: {} };
  for (const id of listFolders(stateHome)) {
    const text = loadStateFile(join(stateHome, id, copyName));
    const record = text === undefined ? undefined : parseObject(text);
    if (isRecord(record)) registry.checkouts[id] = record;
  }
  return registry;
}

function listFolders(stateHome: string): readonly string[] {
  try {
    return readdirSync(stateHome).filter((name) => idPattern.test(name));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw stateErrors.create(
      'DS_STATE_UNREADABLE',
      { path: stateHome, reason: fileReason(error) },
      error,
    );
  }
}

function isRegistry(value: unknown): value is Registry {
  if (!isObject(value) || value['v'] !== 1 || !isObject(value['checkouts'])) return false;
  const entries = Object.entries(value['checkouts']);
  return entries.every(([id, record]) => idPattern.test(id) && isRecord(record));
}

function isRecord(value: unknown): value is CheckoutRecord {
  if (!isObject(value) || !isObject(value['folder'])) return false;
  const { root, since, folder, projects, leases } = value;
  const texts = [root, since, folder['device'], folder['inode'], folder['birth']];
  return (
    texts.every((text) => typeof text === 'string') &&
    isEach(projects, isClaim) &&
    isEach(leases, isLease)
  );
}

function isEach(value: unknown, is: (item: Readonly<Record<string, unknown>>) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && is(item));
}

function isClaim({ plain, name }: Readonly<Record<string, unknown>>): boolean {
  return typeof plain === 'string' && typeof name === 'string';
}

function isLease(value: Readonly<Record<string, unknown>>): boolean {
  const { project, service, port, preferred, host } = value;
  const isNamed = [project, service, port].every((text) => typeof text === 'string');
  const isWish =
    preferred === 'auto' || Number.isInteger(preferred) || portsOfRange(preferred) !== undefined;
  return isNamed && Number.isInteger(host) && isWish;
}
