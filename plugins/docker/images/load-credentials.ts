import { loadDockerConfig } from '../engine/docker-config.ts';
import type { Surroundings } from '../engine/docker-config.ts';
import { askCredentialHelper } from './ask-credentials.ts';
import { resolveCredentials, resolveHelper } from './registry-credentials.ts';
import type { RegistryCredentials } from './registry-credentials.ts';

/** How a registry is asked; without credentials it is asked as a stranger. */
export interface RegistryAccess {
  credentials?: RegistryCredentials;
  /** Why there are none though there should be some, e.g. `docker-credential-x is not on PATH`. */
  trouble?: string;
  /** Set where docker's whole configuration could not be used. */
  isConfigBroken?: boolean;
}

/**
 * Looks up what goes with a pull from a registry, in the docker CLI's order: the registry's own
 * helper, else the helper of all, else what `docker login` left in config.json. Writes nothing;
 * throws only when the signal aborts.
 */
export async function loadCredentials(
  registry: string,
  { env, home, signal }: Surroundings & { signal: AbortSignal },
): Promise<RegistryAccess> {
  const config = await loadDockerConfig({ env, home });
  if (config.problem !== undefined) return { trouble: config.problem, isConfigBroken: true };
  const kept = resolveHelper(config, registry);
  if (!kept) {
    const credentials = resolveCredentials(config.auths, registry);
    return credentials ? { credentials } : {};
  }
  const answer = await askCredentialHelper({ ...kept, env, signal });
  if ('credentials' in answer) return answer;
  return 'problem' in answer ? { trouble: answer.problem } : {};
}
