import type { Workstation, WorkstationScope } from '../contract.ts';

/**
 * Names a workstation among all providers, scopes and its own former selves.
 *
 * @example workstationKey(box) // 'gcloud shop-dev europe-west1 main big box 3f1c…'
 */
export function workstationKey({ provider, scope, name, uid }: Workstation): string {
  const { project, region, cluster, config } = scope;
  return [provider, project, region, cluster, config, name, uid].join(' ');
}

/** Whether a key is that of a workstation of this name, in what is known of its scope. */
export function isKeyOf(
  key: string,
  { provider, scope, name }: { provider: string; scope: WorkstationScope; name: string },
): boolean {
  const { project, region, cluster, config } = scope;
  const wanted = [provider, project, region, cluster, config, name];
  const parts = key.split(' ');
  return wanted.every((part, index) => part === undefined || part === parts[index]);
}
