import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { topLevelOf } from '../command-path.ts';
import { findConfig } from '../config/find-config.ts';
import { listCheckouts } from '../identity/checkout.ts';
import type { HostBase } from './loaded-host.ts';

/** The folder that a project is known by, also where its configuration cannot be read or is gone. */
export function findRoot({ cwd, env, flags }: Pick<HostBase, 'cwd' | 'env' | 'flags'>): {
  root: string;
} {
  try {
    return { root: dirname(findConfig({ cwd, configFile: flags.config, env })) };
  } catch {
    return { root: topLevelOf(resolve(cwd)) ?? cwd };
  }
}

/** Whether a project was ever opened there, on this machine. */
export function isKnownRoot(root: string, env: HostBase['env']): boolean {
  const real = realpathSync(root);
  return listCheckouts(env).some((known) => known.root === real);
}
