import type { ResolvedConfig } from '../config/config.ts';
import { coreSettings } from '../core-settings.ts';
import { throwAll } from '../errors/as-error.ts';
import { checkPluginLock } from '../plugin/plugin-lock.ts';
import { resolveSettings } from '../settings.ts';
import type { Kernel } from './kernel.ts';
import type { HostBase, LoadedHost } from './loaded-host.ts';

/** Holds packages' plugins to the lock, gives every option its value, and calls `initialize`. */
export async function initializeProject(
  { env, log, signal }: Pick<HostBase, 'env' | 'log' | 'signal'>,
  { kernel, loaded, task }: { kernel: Kernel; loaded: LoadedHost; task: string },
): Promise<Readonly<Record<string, unknown>>> {
  const plugins = loaded.pluginHost.plugins.map(({ plugin }) => plugin);
  const { errors, recorded } = checkPluginLock(kernel.root, plugins);
  for (const name of recorded)
    log.info(`devservices.lock now holds what the plugin ${name} asks for.`);
  const resolved = resolveSettings({
    declared: [
      { owner: 'devservices', settings: coreSettings },
      ...plugins.map(({ pluginName, spec }) => ({
        owner: pluginName,
        settings: spec.settings ?? {},
      })),
    ],
    given: kernel.config?.options ?? {},
    env,
  });
  for (const warning of resolved.warnings) log.warn(warning);
  throwAll([...errors, ...resolved.errors]);
  const config = kernel.config as ResolvedConfig;
  await loaded.hooks.call('initialize', { config, task, signal });
  return resolved.values;
}
