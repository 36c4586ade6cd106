import type { DevServicesError } from '../errors/error.ts';
import type {
  AttachedCommand,
  ExecResult,
  Instance,
  MissingImage,
  OwnedData,
  ResolvedRun,
  RunnerEvent,
} from '../run/runner.ts';
import type { Run } from '../run/run.ts';
import { createFakeEvents } from './fake-events.ts';
import { createFakeExtras } from './fake-extras.ts';
import { createFakeLogs } from './fake-logs.ts';
import { createFakeStats } from './fake-stats.ts';
import type { FakeRunner, FakeRunnerOptions, Refusal, RunnerCall } from './fake-runner-contract.ts';

export type { FakeRunner, FakeRunnerOptions } from './fake-runner-contract.ts';

/**
 * For tests of plugins and of the kernel: every service is there at once and listens, until told otherwise.
 *
 * @example
 * const runner = createFakeRunner();
 * runner.exit('db', 1);          // db ends as soon as it is started
 */
export function createFakeRunner(kind = 'container', options: FakeRunnerOptions = {}): FakeRunner {
  const calls: RunnerCall[] = [];
  const instances = new Map<string, Instance>();
  const silent = new Set<string>();
  const stats = createFakeStats(instances);
  const execs = new Map<string, ExecResult | (() => Promise<ExecResult>)>();
  const attached = new Map<string, (command: AttachedCommand) => number | Promise<number>>();
  const failures = new Map<RunnerCall, unknown>();
  const holds = new Map<RunnerCall, Promise<void>>();
  const logs = createFakeLogs(({ service, id }) => {
    const now = instances.get(service);
    return now?.id === id && now.status === 'running';
  });
  const exits = new Map<string, RunnerEvent>();
  const data: OwnedData[] = [];
  const nowhere = { project: '', checkout: '' };
  const { tell, ...events } = createFakeEvents();
  let refusal: Refusal | undefined;
  let unavailable: DevServicesError | undefined;
  let missing: readonly MissingImage[] = [];
  let outOfSight: { error: DevServicesError } | undefined;
  let generations = 0;

  const step = async (call: RunnerCall, signal?: AbortSignal): Promise<void> => {
    calls.push(call);
    const held = holds.get(call);
    if (held) await Promise.race([held, ...(signal ? [whenAborted(signal)] : [])]);
    if (failures.has(call)) throw failures.get(call);
  };

  return {
    kind,
    calls,
    instances,
    setListening: (service, listens) =>
      void (listens ? silent.delete(service) : silent.add(service)),
    ...stats,
    setExec: (service, result) => void execs.set(service, result),
    setAttached: (service, run) => void attached.set(service, run),
    failOn: (call, error) => void failures.set(call, error),
    holdOn(call) {
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      holds.set(call, held);
      return release;
    },
    exit(service, exitCode, { willRestart = false } = {}) {
      const instance = instances.get(service);
      const event = (id: string): RunnerEvent => ({
        type: 'exited',
        service,
        id,
        ...(exitCode === undefined ? {} : { exitCode }),
        willRestart,
      });
      if (instance?.status !== 'running') return void exits.set(service, event(''));
      logs.end(service);
      if (!willRestart) instances.set(service, ended(instance, exitCode));
      tell(event(instance.id));
      if (willRestart) tell({ type: 'started', service, id: instance.id });
    },
    report(service, health) {
      const instance = instances.get(service);
      if (!instance) return;
      instances.set(service, { ...instance, health });
      tell({ type: 'health', service, id: instance.id, health });
    },
    writeLog(service, text, at) {
      const time = at === undefined ? {} : { at };
      logs.write({ service, stream: 'stdout', text, ...time }, instances.get(service));
    },
    change(service, fields) {
      const instance = instances.get(service);
      if (instance) instances.set(service, { ...instance, ...fields });
    },
    vanish(service) {
      const instance = instances.get(service);
      instances.delete(service);
      logs.end(service);
      if (instance) tell({ type: 'removed', service, id: instance.id });
    },
    lose(error) {
      outOfSight = { error };
      logs.break(error);
      tell({ type: 'lost', error });
    },
    regain() {
      outOfSight = undefined;
      logs.mend();
      tell({ type: 'regained' });
    },
    setRefusal: (next) => void (refusal = next),
    setAvailable: (error) => void (unavailable = error),
    setMissing: (images) => void (missing = images),
    addData: (found) => void data.push({ ...found, kind, project: nowhere }),

    available: async () =>
      unavailable ? { available: false, error: unavailable } : { available: true },
    normalise: (run: Run, { environment }) => ({ ...(run as unknown as ResolvedRun), environment }),
    restartsAfter: () => false,
    async observe(_, signal) {
      if (unavailable) throw unavailable;
      if (outOfSight) throw outOfSight.error;
      await step('observe', signal);
      return { instances: [...instances.values()], foreign: [] };
    },
    ensureProject: (_, signal) => step('ensure project', signal),
    async prepare({ service, runKey, spec }, { signal }) {
      await step(`prepare ${service}`, signal);
      signal.throwIfAborted();
      const instance: Instance = {
        kind,
        service,
        runKey,
        id: `${service}-${++generations}`,
        generation: '',
        status: 'created',
        spec,
        endpoints: {},
        createdAt: 0,
      };
      instances.set(service, instance);
      return instance;
    },
    async start({ service, ports, spec }, { id }, signal) {
      await step(`start ${service}`, signal);
      const before = instances.get(service) as Instance;
      const endpoints = Object.fromEntries(
        ports.map(({ name, host }) => [name, { host: '127.0.0.1', port: host }]),
      );
      const { exitCode: _, ...rest } = before;
      const instance: Instance = {
        ...rest,
        spec,
        status: 'running',
        startedAt: options.now?.() ?? ++generations,
        generation: `${id}@${++generations}`,
        endpoints,
      };
      instances.set(service, instance);
      tell({ type: 'started', service, id });
      const ending = exits.get(service);
      if (ending?.type === 'exited') {
        exits.delete(service);
        instances.set(service, ended(instance, ending.exitCode));
        logs.end(service);
        tell({ ...ending, id });
      }
      return instance;
    },
    async stop({ service }, { signal }) {
      await step(`stop ${service}`, signal);
      const instance = instances.get(service);
      if (!instance) return;
      instances.set(service, { ...instance, status: 'exited', exitCode: 0 });
      if (instance.status !== 'running') return;
      logs.end(service);
      tell({ type: 'exited', service, id: instance.id, exitCode: 0, willRestart: false });
    },
    async remove({ service }, signal) {
      await step(`remove ${service}`, signal);
      const instance = instances.get(service);
      if (!instance) return;
      instances.delete(service);
      const { id, status } = instance;
      logs.end(service);
      if (status === 'running') {
        tell({ type: 'exited', service, id, exitCode: 137, willRestart: false, isRemoval: true });
      }
      tell({ type: 'removed', service, id });
    },
    listData: async (_, services) =>
      data.filter(({ service }) => services === 'all' || services.includes(service)),
    async removeData({ name }) {
      await step(`remove-data ${name}`);
      data.splice(0, data.length, ...data.filter((one) => one.name !== name));
    },
    address: ({ service, port }, from) =>
      from === kind
        ? { host: service, port: port.container }
        : { host: '127.0.0.1', port: port.host },
    listens: async ({ service }, { protocol }) => protocol === 'tcp' && !silent.has(service),
    probeAddress: async (_, { host }) => ({ host: '127.0.0.1', port: host }),
    logs: logs.read,
    async exec({ service }) {
      const result = execs.get(service) ?? { exitCode: 0, output: '' };
      return typeof result === 'function' ? result() : result;
    },
    execAttached: async ({ service }, command) => (await attached.get(service)?.(command)) ?? 0,
    async watch(_, signal) {
      await step('watch', signal);
      return events.watch(signal);
    },
    listMissing: async (targets) =>
      missing.filter(({ service }) => targets.some((target) => target.service === service)),
    dropProject: (_, signal) => step('drop project', signal),
    close: async () => events.close(),
    canRun: async (run, { service }) => {
      const error = refusal?.(run, service);
      return error ? { available: false, error } : { available: true };
    },
    ...createFakeExtras(options, step),
  };
}

function ended(instance: Instance, exitCode: number | undefined): Instance {
  const { exitCode: _, ...lasting } = instance;
  return { ...lasting, status: 'exited', ...(exitCode === undefined ? {} : { exitCode }) };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
