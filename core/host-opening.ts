import type { ResolvedConfig } from './config/config.ts';
import { bugErrors } from './errors/catalogue/bug.ts';
import { findRoot, isKnownRoot } from './lifecycle/find-root.ts';
import { initializeProject } from './lifecycle/initialize.ts';
import {
  briefly,
  type HostBase,
  type LoadedHost,
  loadHost,
  loadWithoutConfig,
} from './lifecycle/loaded-host.ts';
import { type OpenedHost, openKernel } from './lifecycle/open-kernel.ts';
import type { OpenProject } from './lifecycle/open-project.ts';
import { inPhase } from './lifecycle/phase.ts';
import type { LogLevel } from './log.ts';

/** How a host gets from nothing to a project that can be acted on; each step is taken once. */
export interface HostOpening {
  /** Undefined before the first step. */
  opened(): OpenedHost | undefined;
  /** Throws DS_BUG_INVARIANT before the first step. */
  current(): OpenedHost;
  /** Options of the project by key, after `initialize`. */
  settings(): Readonly<Record<string, unknown>>;
  open(loaded: LoadedHost): void;
  configure(): Promise<ResolvedConfig>;
  initialize(task: string): Promise<void>;
  /** For what needs labels and records only: a broken configuration is said, and it goes on. */
  openAnyhow(options?: { isAnywhere?: boolean }): Promise<OpenedHost>;
}

/** Loads nothing yet: the first step does. */
export function createOpening(
  base: HostBase,
  on: { onOpen(project: OpenProject): void; onLevel(level: LogLevel): void },
): HostOpening {
  let opened: OpenedHost | undefined;
  let settings: Readonly<Record<string, unknown>> = {};

  const current = () => {
    if (opened) return opened;
    throw bugErrors.create('DS_BUG_INVARIANT', { what: 'a step was called before configure' });
  };
  const open = (loaded: LoadedHost): void => {
    opened = openKernel(base, loaded, (value) => base.redactor.add(value));
  };

  let configuring: Promise<ResolvedConfig> | undefined;
  const configure = (): Promise<ResolvedConfig> =>
    (configuring ??= (async () => {
      try {
        const loaded = await loadHost(base);
        open(loaded);
        return loaded.config;
      } catch (thrown) {
        // A failed first leaves nothing half-set: the next one begins anew.
        configuring = undefined;
        throw thrown;
      }
    })());

  let initializing: Promise<void> | undefined;
  const initialize = (task: string): Promise<void> =>
    (initializing ??= (async () => {
      try {
        await configure();
        const { loaded, kernel } = current();
        on.onOpen(current());
        settings = await inPhase(base, { phase: 'initialize' }, () =>
          initializeProject(base, { kernel, loaded, task }),
        );
        on.onLevel(settings['log.level'] as LogLevel);
      } catch (thrown) {
        initializing = undefined;
        throw thrown;
      }
    })());

  const openAnyhow = async ({ isAnywhere = false } = {}) => {
    if (opened) return opened;
    try {
      await configure();
    } catch (thrown) {
      if (base.signal.aborted) throw thrown;
      const { root } = findRoot(base);
      // Where no project was ever opened, there is nothing to take down or to show.
      if (!isAnywhere && !isKnownRoot(root, base.env)) throw thrown;
      base.log.warn(
        `Going by labels and records, as the configuration is broken; \`devservices doctor\` shows all of it. ${briefly(thrown)}`,
      );
      open(await loadWithoutConfig(base, root));
    }
    return current();
  };

  return {
    opened: () => opened,
    current,
    settings: () => settings,
    open,
    configure,
    initialize,
    openAnyhow,
  };
}
