import type { WorkstationProvider } from '../contract.ts';
import type { ResolvedScope } from '../scope.ts';
import type { SshFolder } from '../ssh/ssh-folder.ts';
import type { WorkstationsContext } from './workstations-context.ts';

/** The provider of a scope; loads that one alone, and asks it nothing. */
export async function openProvider(
  context: WorkstationsContext,
  { provider, scope }: ResolvedScope,
  keys: SshFolder,
): Promise<WorkstationProvider> {
  const { use } = context;
  if (provider === 'gcloud') {
    const { createGcloudProvider } = await import('../gcloud/gcloud-provider.ts');
    return createGcloudProvider({ ...context, scope, options: context.options.gcloud });
  }
  const { createDockerProvider } = await import('../docker/docker-provider.ts');
  return createDockerProvider({
    ...context,
    config: scope.config,
    options: context.options.docker,
    engine: () => use('engine'),
    route: () => use('engineRoute'),
    keys,
  });
}
