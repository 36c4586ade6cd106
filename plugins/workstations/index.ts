import { basename } from 'node:path';
import { definePlugin } from 'devservices';
import { systemClock } from 'devservices/machine';
import { workstationsOptions } from './options.ts';

export type * from './contract.ts';

/**
 * Bigger machines, when one's own is outgrown: on Google Cloud, or as a container on the engine that is
 * used anyway. Loads and asks nothing before the task `workstations` or an engine needs it.
 *
 * @example
 * plugins: [workstations({ gcloud: { project: 'shop-dev', config: 'big' } })]
 */
export const workstations = definePlugin({
  name: 'workstations',
  options: workstationsOptions,
  permissions: {
    run: ['gcloud', 'ssh', 'ssh-keygen', 'git'],
    // All of it: tunnels outlive us, and take proxies, agents and gcloud's own settings from it.
    env: ['*'],
    engine: true,
  },
  setup({ options, env, $, log, use, expose, defer }) {
    expose('workstations', async ({ project, checkoutFolder, root, stateHome }) => {
      const { createWorkstations } = await import('./sessions/create-workstations.ts');
      const checkout = basename(checkoutFolder);
      const place = { project, checkout, root, stateHome };
      return createWorkstations({ ...place, options, env, $, log, use, defer, clock: systemClock });
    });
  },
});
