import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock, watchPath } from 'devservices/machine';
import type { PlannedDependency, PortBinding, Readiness } from 'devservices/runner';
import {
  connectSupervisor,
  type SupervisorClient,
} from '../../../../plugins/process/client/connect-supervisor.ts';
import { ensureSupervisor } from '../../../../plugins/process/client/ensure-supervisor.ts';
import { readSupervisorFile } from '../../../../plugins/process/client/supervisor-file.ts';
import { findMarked } from '../../../../plugins/process/ending/marked-processes.ts';
import { placesOf } from '../../../../plugins/process/record/places.ts';
import type {
  ProcessPlaces,
  ProcessRecord,
} from '../../../../plugins/process/record/process-record.ts';
import { readRecord, writeRecord } from '../../../../plugins/process/record/records.ts';
import type { ResolvedProcess } from '../../../../plugins/process/record/resolved-process.ts';
import type {
  ServiceRequest,
  StartRequest,
  SupervisorEvent,
} from '../../../../plugins/process/supervisor/protocol.ts';
import type { RestartCommand } from '../../../../plugins/process/supervisor/supervisor-options.ts';

/** How a service of a test runs: a script of node, and what else is to be so. */
export interface Wanted extends Partial<Omit<ResolvedProcess, 'command'>> {
  command?: readonly [string, ...string[]];
  script?: string;
  ports?: readonly PortBinding[];
  readiness?: Readiness;
  dependsOn?: readonly PlannedDependency[];
  followers?: readonly string[];
}

/** A checkout of its own with a real supervisor, all of which ends with the test. */
export interface Supervised extends AsyncDisposable {
  readonly places: ProcessPlaces;
  /** For files that services write and read. */
  readonly folder: string;
  readonly options: { stateHome: string; runtimeFolder: string; checkout: string };
  ensure(): Promise<SupervisorClient>;
  connect(): Promise<SupervisorClient | undefined>;
  /** Its pid, living or not. */
  supervisorPid(): number;
  /** Makes its record, as `prepare` does, and what `start` is asked with. */
  prepare(service: string, wanted: Wanted): StartRequest;
  requestOf(start: StartRequest): ServiceRequest;
  record(service: string): ProcessRecord | undefined;
  /** Resolves when a record is as wanted, by its changes. */
  until(service: string, isSo: (record: ProcessRecord) => boolean): Promise<ProcessRecord>;
  log(service: string): string;
  /** Living processes that carry the checkout's marker. */
  living(): readonly number[];
}

export function createSupervised({ restart }: { restart?: RestartCommand } = {}): Supervised {
  const folder = mkdtempSync(join(tmpdir(), 'ds-sup-'));
  const checkout = randomBytes(6).toString('hex');
  const options = {
    stateHome: join(folder, 'state'),
    runtimeFolder: join(folder, 'run'),
    checkout,
  };
  const project = { project: 'shop', checkout };
  const places = placesOf(options, project);
  const living = (): number[] =>
    findMarked((marker) => marker.startsWith(`${checkout}/`)).map(({ identity }) => identity.pid);
  return {
    places,
    folder,
    options,
    ensure: () => ensureSupervisor(places, { ...options, ...(restart && { restart }) }),
    connect: () => connectSupervisor(places),
    supervisorPid: () => readSupervisorFile(places.supervisor)?.identity.pid ?? 0,
    prepare(service, { ports = [], readiness, dependsOn, followers, script = '', ...run }) {
      const resolved: ResolvedProcess = {
        kind: 'process',
        command: [process.execPath, '-e', script],
        cwd: folder,
        environment: {},
        restart: 'no',
        maxRestarts: 5,
        backoff: { initial: 20, factor: 2, max: 1000, resetAfter: 10_000 },
        stopSignal: 'SIGTERM',
        stopGracePeriod: 5000,
        watch: [],
        ...run,
      };
      const record: ProcessRecord = {
        v: 1,
        id: randomBytes(6).toString('hex'),
        target: {
          project,
          service,
          runKey: 'run',
          run: { ...resolved } as unknown as StartRequest['target']['run'],
          ports,
          spec: { v: 1, fields: {} },
          ...(readiness && { readiness }),
          ...(dependsOn && { dependsOn }),
          ...(followers && { followers }),
        },
        callerEnvironment: { PATH: process.env['PATH'] ?? '' },
        createdAt: Date.now(),
        restarts: 0,
        isStopped: false,
      };
      writeRecord(places, record);
      const { target, id, callerEnvironment } = record;
      return { target, id, callerEnvironment };
    },
    requestOf: ({ target, id }) => ({ project: 'shop', service: target.service, id }),
    record: (service) => readRecord(places, service),
    async until(service, isSo) {
      const changes = watchPath(places.record(service));
      try {
        for (;;) {
          const found = readRecord(places, service);
          if (found && isSo(found)) return found;
          await changes.next(AbortSignal.timeout(20_000));
        }
      } finally {
        changes.close();
      }
    },
    log: (service) => readFileSync(places.log(service), 'utf8'),
    living,
    async [Symbol.asyncDispose]() {
      const supervisor = await connectSupervisor(places).catch(() => undefined);
      await supervisor?.leave().catch(() => {});
      for (let rounds = 0; rounds < 5; rounds += 1) {
        for (const pid of living()) kill(pid);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves with the first event that fits, from now on. */
export async function nextEvent(
  supervisor: SupervisorClient,
  fits: (event: SupervisorEvent) => boolean,
): Promise<{ event: Promise<SupervisorEvent> }> {
  const end = new AbortController();
  const events = await supervisor.events({ project: 'shop' }, end.signal);
  const find = async (): Promise<SupervisorEvent> => {
    for await (const event of events) {
      if (!fits(event)) continue;
      end.abort();
      return event;
    }
    throw new Error('the events ended');
  };
  return { event: find() };
}

/** Resolves when exactly this process is gone. */
export async function whenGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await systemClock.sleep(10);
  }
}

/** Resolves with the text of a file as soon as it is there. */
export async function whenWritten(path: string, text = ''): Promise<string> {
  const changes = watchPath(path);
  try {
    for (;;) {
      const found = read(path);
      if (found !== undefined && found !== '' && found.includes(text)) return found;
      await changes.next(AbortSignal.timeout(20_000));
    }
  } finally {
    changes.close();
  }
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export const stateFolderOf = ({ places }: Supervised): string => dirname(places.supervisor);
