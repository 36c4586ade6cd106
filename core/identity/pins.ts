import { join } from 'node:path';

import { stateErrors } from '../errors/catalogue/state.ts';
import type { Checkout } from './checkout.ts';
import { isObject, loadStateFile, parseObject, replaceStateFile } from './state-file.ts';

type Folder = Pick<Checkout, 'stateFolder'>;
type Pins = Record<string, Record<string, string>>;

/**
 * Which run each service of a project is pinned to: service → key in its `run`. Throws
 * DS_STATE_UNREADABLE, and DS_STATE_CORRUPT rather than forget what was chosen.
 */
export function readPins(checkout: Folder, project: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(own(loadPins(checkout), project) ?? {}));
}

/** Pins a service; writes only what is new. The caller holds the checkout's lock. */
export function writePin(
  checkout: Folder,
  pin: { project: string; service: string; runKey: string },
): void {
  const pins = loadPins(checkout);
  const services = own(pins, pin.project) ?? {};
  if (own(services, pin.service) === pin.runKey) return;
  savePins(checkout, {
    ...pins,
    [pin.project]: { ...services, [pin.service]: pin.runKey },
  });
}

/** Forgets the pins of some services, or of the whole project. The caller holds the checkout's lock. */
export function removePins(
  checkout: Folder,
  from: { project: string; services?: readonly string[] },
): void {
  const { [from.project]: services, ...others } = loadPins(checkout);
  const all = Object.entries(services ?? {});
  const kept = all.filter(([service]) => from.services?.includes(service) === false);
  if (kept.length === all.length) return;
  const remaining = kept.length === 0 ? {} : { [from.project]: Object.fromEntries(kept) };
  savePins(checkout, { ...others, ...remaining });
}

function loadPins(checkout: Folder): Pins {
  const path = join(checkout.stateFolder, 'pins.json');
  const text = loadStateFile(path);
  if (text === undefined) return {};
  const pins = parseObject(text);
  if (pins && Object.values(pins).every(isTextRecord)) return pins as Pins;
  throw stateErrors.create('DS_STATE_CORRUPT', { path });
}

function savePins(checkout: Folder, pins: Pins): void {
  replaceStateFile(join(checkout.stateFolder, 'pins.json'), `${JSON.stringify(pins, null, 2)}\n`);
}

function isTextRecord(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

// A project may be called `constructor`.
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
