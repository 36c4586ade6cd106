import type { Checkout } from '../identity/checkout.ts';
import { loadHmacKey } from '../identity/hmac-key.ts';
import { leasePorts, previewPorts, releaseLeases } from '../identity/leases.ts';
import { readPins, removePins, writePin } from '../identity/pins.ts';
import type { PortPlace } from '../identity/port-choice.ts';
import { findPortHolder, isPortFree } from '../identity/port-owner.ts';
import {
  type ReadyRecords,
  readReadyRecords,
  writeReadyRecords,
} from '../identity/ready-records.ts';
import type { Runner } from '../run/runner.ts';
import { diffSpec, hashSpec } from '../spec.ts';
import type { ProjectState } from './kernel.ts';
import { serviceOfStep } from './ready-step.ts';

/** The records of one project in its checkout's state folder; read once, written when something is new. */
export function openProjectState(options: {
  checkout: Checkout;
  project: string;
  /** All that the configuration has: what they hold is not given to others. */
  services: readonly string[];
  runners(): Promise<readonly Runner[]>;
}): ProjectState {
  const { checkout, project } = options;
  const pins = Object.create(null) as Record<string, string>;
  const records: ReadyRecords = { ready: new Map(), inputs: new Map() };
  const load = () => {
    for (const service of Object.keys(pins)) delete pins[service];
    Object.assign(pins, Object.fromEntries(readPins(checkout, project)));
    Object.assign(records, readReadyRecords(checkout, project));
  };
  load();
  let key: Uint8Array | undefined;
  const leaseRequest = (
    ...[wanted, { ours, strangers }]: Parameters<ProjectState['leasePorts']>
  ) => ({
    checkout,
    project,
    services: options.services,
    wanted,
    mode: strangers.size > 0 ? ('reassign' as const) : ('fail' as const),
    isFree: async (port: number, place: PortPlace) =>
      ours.has(port) || (!strangers.has(port) && (await isPortFree(port, place))),
  });
  const save = () => writeReadyRecords(checkout, project, records);
  return {
    pins,
    get readyGenerations() {
      return Object.fromEntries(records.ready);
    },
    get stepInputs() {
      return Object.fromEntries(records.inputs);
    },
    pin(service, runKey) {
      pins[service] = runKey;
      writePin(checkout, { project, service, runKey });
    },
    recordReady(service, generation) {
      if (records.ready.get(service) === generation) return;
      records.ready.set(service, generation);
      save();
    },
    recordStepInputs(step, digest) {
      records.inputs.set(step, digest);
      save();
    },
    reload: load,
    forget(services) {
      for (const service of services === 'all' ? [...records.ready.keys()] : services) {
        records.ready.delete(service);
      }
      for (const step of records.inputs.keys()) {
        if (services === 'all' || services.includes(serviceOfStep(step)))
          records.inputs.delete(step);
      }
      save();
      if (services === 'all') releaseLeases(checkout, project);
      removePins(checkout, { project, ...(services === 'all' ? {} : { services }) });
    },
    hashSpec(run, ports) {
      key ??= loadHmacKey(checkout);
      return hashSpec(run, ports, key);
    },
    diffSpec,
    leasePorts: (...asked) => leasePorts(leaseRequest(...asked)),
    previewPorts: (...asked) => previewPorts(leaseRequest(...asked)),
    isPortFree,
    async holderOf(port, protocol) {
      for (const runner of await options.runners()) {
        const owner = await runner.portOwner?.(port);
        if (owner !== undefined) return owner;
      }
      const holder = await findPortHolder(port, protocol);
      if (!holder) return 'another process';
      const { pid, command = 'another process', address } = holder;
      return pid === undefined
        ? `${command} (on ${address})`
        : `${command} (pid ${pid}, on ${address})`;
    },
  };
}
