import type { Workstation } from '../contract.ts';

/**
 * Names a workstation among all providers, scopes and its own former selves.
 *
 * @example workstationKey(box) // 'gcloud shop-dev europe-west1 main big box 3f1c…'
 */
export function workstationKey({ provider, scope, name, uid }: Workstation): string {
  const { project, region, cluster, config } = scope;
  return [provider, project, region, cluster, config, name, uid].join(' ');
}
