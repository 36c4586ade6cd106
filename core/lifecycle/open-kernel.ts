import { neededKinds } from '../plan/needed-kinds.ts';
import type { RunnerContext } from '../plugin/plugin.ts';
import type { Kernel } from './kernel.ts';
import type { HostBase, LoadedHost } from './loaded-host.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openProjectState } from './project-state.ts';
import { resolveRuntimeFolder, resolveStateHome } from '../identity/state-home.ts';
import { createRunnerPool } from './runner-pool.ts';
import { createAwakener } from './start-engine.ts';

/** A loaded host that knows who and where it is. */
export interface OpenedHost extends OpenProject {
  kernel: Kernel;
  loaded: LoadedHost;
  context: RunnerContext;
}

/** Finds the identity and the records of a loaded project, and gives it its runners. */
export function openKernel(
  base: HostBase,
  loaded: LoadedHost,
  onSecret: (value: string) => void,
): OpenedHost {
  const { env, flags, events, log, clock, signal } = base;
  const { root, merged, config } = loaded;
  const written = typeof merged['project'] === 'string' ? merged['project'] : undefined;
  const project = openProject({
    ...base,
    root,
    name: flags.project ?? env['DEVSERVICES_PROJECT'] ?? config?.project ?? written,
    isConfigBroken: config === undefined,
  });
  const context: RunnerContext = {
    ...chosenEngine(base, loaded),
    root,
    cacheFolder: base.cacheFolder,
    stateHome: resolveStateHome(env),
    runtimeFolder: resolveRuntimeFolder(env),
    checkoutFolder: project.checkout.stateFolder,
    project: project.identity.project,
    inspect: async (service) => (await import('./acting.ts')).inspectService(opened, service),
  };
  const runners = createRunnerPool(loaded.pluginHost.runners, context);
  base.defer(() => runners.close());
  const all = () => runners.all(neededKinds(config?.services, rememberedOf(kernel)), signal);
  const kernel: Kernel = {
    root,
    config,
    events,
    log,
    clock,
    signal,
    hooks: loaded.hooks,
    project: project.identity,
    state: openProjectState({
      checkout: project.checkout,
      project: project.identity.project,
      services: Object.keys(config?.services ?? {}),
      runners: all,
    }),
    reader: { env, root, onSecret },
    runner: runners.get,
    awaken: createAwakener({ ...base, start: config?.engine.start ?? 'never' }),
    runnerOf: ({ kind, service }) => runners.get(kind, service),
    runners: all,
  };
  const opened = { ...project, kernel, loaded, context };
  return opened;
}

const rememberedOf = ({ state }: Kernel) => ({ pins: state.pins, known: state.readyGenerations });

// Where the configuration is broken, what it says of the engine may be whole.
function chosenEngine(
  { flags, env }: HostBase,
  { config, merged }: LoadedHost,
): Pick<RunnerContext, 'engine' | 'engineSource'> {
  if (flags.engine !== undefined) return { engine: flags.engine, engineSource: '--engine' };
  const variable = env['DEVSERVICES_ENGINE'];
  if (variable) return { engine: variable, engineSource: '$DEVSERVICES_ENGINE' };
  const written = config?.engine ?? merged['engine'];
  const url = isRecord(written) ? written['url'] : written;
  if (typeof url !== 'string') return { engine: undefined };
  return { engine: url, engineSource: 'engine of the configuration' };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
