import { setMaxListeners } from 'node:events';
import { systemClock } from './clock.ts';
import { parsePath } from './config/value-path.ts';
import { throwAll } from './errors/as-error.ts';
import type { Host, HostOptions } from './host-contract.ts';
import { createProjectAccess } from './host-access.ts';
import { createOpening } from './host-opening.ts';
import { listCheckouts } from './identity/checkout.ts';
import { resolveCacheHome } from './identity/state-home.ts';
import { ownUrl } from './own-url.ts';
import { describePlugins } from './lifecycle/describe-plugins.ts';
import { createHostMetrics } from './lifecycle/host-metrics.ts';
import { explainConfig } from './lifecycle/explain-config.ts';
import { resolveGlobalFlags } from './lifecycle/global-flags.ts';
import { createVoice, type HostBase } from './lifecycle/loaded-host.ts';
import type { Kernel } from './lifecycle/kernel.ts';
import { inPhase } from './lifecycle/phase.ts';
import { createRecorder, lockCheckout } from './lifecycle/open-project.ts';
import { createSharedLock } from './lifecycle/shared-lock.ts';
import { undoAll } from './lifecycle/undo-all.ts';
import type { Up, UpTaps } from './lifecycle/up.ts';
import { checkPluginLock } from './plugin/plugin-lock.ts';
import { selectServices } from './selection.ts';

export type { Host, HostOptions } from './host-contract.ts';

const acting = () => import('./lifecycle/acting.ts');
type Acting = Awaited<ReturnType<typeof acting>>;
type UpWork<T> = (kernel: Kernel, on: UpTaps, by: Acting) => Promise<T>;

/**
 * Loads nothing yet: the first step does.
 *
 * @example
 * const host = createHost({ cwd: import.meta.dirname });
 * try { await host.configure(); } finally { await host.close(); }
 */
export function createHost(options: HostOptions = {}): Host {
  const clock = options.clock ?? systemClock;
  const closing = new AbortController();
  const undos: (() => void | Promise<void>)[] = [];
  let up: Up | undefined;
  let { since } = options;

  const voice = createVoice({ clock, project: () => opening.opened()?.identity.project ?? '' });
  const { events, log } = voice;
  const recorder = createRecorder(events, log);
  const place = {
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? process.env,
    flags: resolveGlobalFlags(options.argv ?? []),
    signal: options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal,
    clock,
    builtInPlugins: options.builtInPlugins,
    defer: (undo: () => void | Promise<void>) => void undos.push(undo),
  };
  const { signal, env } = place;
  const metrics = createHostMetrics({ clock, log, env });
  const base: HostBase = {
    ...place,
    ask: options.ask,
    cacheFolder: resolveCacheHome(place.env),
    library: ownUrl(),
    events,
    log,
    redactor: voice.redactor,
    beginMetrics: metrics.begin,
    async exports(only) {
      const project = opened();
      return project ? (await acting()).resolveExports(project, only) : {};
    },
    project: () => opened()?.identity.project ?? '',
    access: createProjectAccess({ ...place, argv: options.argv }, createHost),
    runnerContext: () => current().context,
  };
  // As many services as there are may wait for it.
  setMaxListeners(0, signal);

  const opening = createOpening(base, { onOpen: recorder.open, onLevel: voice.setLevel });
  const { opened, current, configure, initialize, openAnyhow } = opening;

  const lock = createSharedLock(async (task) => {
    recorder.open(current());
    const taken = await inPhase(base, { phase: 'lock' }, () =>
      lockCheckout(current(), { task, clock, signal, log }),
    );
    // Whoever held the lock may have changed what is remembered.
    current().kernel.state.reload();
    return taken;
  });

  const whileLocked = async <T>(
    phase: string,
    work: (kernel: Kernel, by: Acting) => Promise<T>,
  ) => {
    const { kernel } = await openAnyhow();
    const by = await acting();
    return lock.during(phase, () => inPhase(base, { phase }, () => work(kernel, by)));
  };

  /** For tasks that bring things up by themselves: what came of it is known also where they are cut short. */
  const whileUp = async <T>(task: string, work: UpWork<T>) => {
    await initialize(task);
    const by = await acting();
    const unlock = await lock.take(task);
    const on = { onUp: (made: Up) => void (up = made), unlock, redact: voice.redactor.redact };
    return work(current().kernel, on, by).finally(unlock);
  };

  return {
    get root() {
      return opened()?.kernel.root ?? base.cwd;
    },
    get project() {
      return current().identity;
    },
    get settings() {
      return opening.settings();
    },
    events,
    log,
    clock,
    signal,
    configure,
    initialize,
    async plan(given) {
      const { askedAt = since ?? clock.now() } = given;
      since = undefined;
      const config = await configure();
      const unlock = await lock.take(given.restart ? 'restart' : 'up');
      const { planUp } = await acting();
      up = await planUp({ ...current().kernel, config }, { ...given, askedAt }, unlock);
      return up;
    },
    async preview(given) {
      const config = await configure();
      return (await acting()).previewUp({ ...current().kernel, config }, given);
    },
    outcome: () => up?.outcome() ?? { services: {}, errors: [] },
    down: (request) => whileLocked('down', (kernel, by) => by.takeDown(kernel, request)),
    rm: (request) => whileLocked('rm', (kernel, by) => by.removeServices(kernel, 'rm', request)),
    reset: (request) => whileLocked('reset', (kernel, by) => by.resetProject(kernel, request)),
    async status({ all = false } = {}) {
      const { kernel, checkout } = await openAnyhow({ isAnywhere: all });
      // Of a host that lives on, others may have changed what is remembered.
      kernel.state.reload();
      const { readOthers, readStatus } = await acting();
      const others = all ? listCheckouts(base.env).filter(({ id }) => id !== checkout.id) : [];
      const elsewhere = others.flatMap((other) => readOthers(kernel, other));
      return Promise.all([readStatus(kernel), ...elsewhere]);
    },
    async stats() {
      const { kernel } = await openAnyhow();
      return (await acting()).readStats(kernel);
    },
    async exec(request) {
      const { kernel } = await openAnyhow();
      return (await acting()).execInService(kernel, request);
    },
    attach: (request) =>
      whileUp('attach', (kernel, on, by) => by.attachService(kernel, { ...request, ...on })),
    toggle: (request) =>
      whileUp('toggle', (kernel, on, by) => by.toggleService(kernel, { ...request, ...on })),
    async runs(service) {
      await configure();
      return (await acting()).listRuns(current().kernel, service);
    },
    async *logs(request) {
      const { kernel } = await openAnyhow();
      yield* (await acting()).readLogs(kernel, request);
    },
    async plugins({ allow = [] } = {}) {
      const { loaded } = await openAnyhow({ isAnywhere: true });
      if (allow.length > 0) {
        const plugins = loaded.pluginHost.plugins.map(({ plugin }) => plugin);
        throwAll(checkPluginLock(loaded.root, plugins, allow).errors);
      }
      return describePlugins(loaded.pluginHost);
    },
    diagnose: async () => (await acting()).diagnose(base, opening),
    async explain(path) {
      await configure();
      const { merged, origins } = current().loaded;
      return explainConfig(merged, origins, path === undefined ? [] : parsePath(path));
    },
    exports: base.exports,
    select: async (selection) => [
      ...(await selectServices((await configure()).services, selection)).selected,
    ],
    pluginTasks: async () => (await openAnyhow({ isAnywhere: true })).loaded.pluginHost.tasks,
    use: async (token) => current().loaded.contracts.use('the task', token),
    async learnSecrets() {
      const project = await openAnyhow();
      return (await acting()).learnSecrets(project);
    },
    redact: voice.redactor.redact,
    setLogLevel: voice.setLevel,
    async close() {
      await undoAll(undos.splice(0), { clock, log });
      await metrics.close();
      lock.close();
      recorder.close();
      closing.abort(new Error('the host is closed'));
    },
  };
}
