import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readLockHolder } from '../identity/lock-folder.ts';
import { readVersion } from '../own-url.ts';
import type { Finding } from '../run/finding.ts';
import { describePlugins } from './describe-plugins.ts';
import type { OpenedHost } from './open-kernel.ts';

const oldestNode = '20.19.0';

/** What runs us. */
export function inspectOwn(): Finding[] {
  const node = process.versions.node;
  const isOld = node.localeCompare(oldestNode, 'en', { numeric: true }) < 0;
  return [
    { name: 'devservices', level: 'ok', text: readVersion(), facts: { version: readVersion() } },
    {
      name: 'node',
      level: isOld ? 'problem' : 'ok',
      text: `${node} on ${process.platform}/${process.arch}`,
      ...(isOld ? { hint: `Update Node to ${oldestNode} or newer.` } : {}),
      facts: { version: node, platform: process.platform, arch: process.arch },
    },
  ];
}

/** What is known of this folder's project. */
export function inspectProject({ kernel, loaded, checkout, identity }: OpenedHost): Finding[] {
  const { config, root } = kernel;
  const services = Object.keys(config?.services ?? {});
  const plugins = describePlugins(loaded.pluginHost).filter(({ failure }) => failure === undefined);
  return [
    ...(config
      ? [
          {
            name: 'configuration',
            level: 'ok' as const,
            text: `valid, ${services.length === 1 ? '1 service' : `${services.length} services`}, in ${root}`,
            facts: { root, services },
          },
        ]
      : []),
    {
      name: 'plugins',
      level: 'ok',
      text: plugins.map(({ name }) => name).join(', ') || 'none',
      facts: { plugins: plugins.map(({ name }) => name) },
    },
    {
      name: 'project',
      level: 'ok',
      text: `${identity.project}, checkout ${checkout.id}`,
      facts: { project: identity.project, checkout: checkout.id },
    },
    inspectState(checkout.stateFolder),
    ...inspectLock(join(checkout.stateFolder, 'lock')),
  ];
}

function inspectState(path: string): Finding {
  // The folder was made, or looked at, when the checkout was opened.
  const mode = (statSync(path).mode & 0o777).toString(8).padStart(4, '0');
  return { name: 'state', level: 'ok', text: `${path} (${mode})`, facts: { path, mode } };
}

function inspectLock(path: string): Finding[] {
  const holder = readLockHolder(path);
  if (!holder) return [];
  const { task, pid, since } = holder;
  const at = new Date(since).toISOString();
  return [
    {
      name: 'lock',
      level: 'ok',
      text: `\`${task}\` (pid ${pid}) works on this checkout since ${at}`,
      facts: { task, pid, since: at },
    },
  ];
}
