import type { Engine } from '../engine/engine.ts';
import { describePlatform } from './platform.ts';
import type { RegistryCredentials } from './registry-credentials.ts';

interface Distribution {
  Platforms?: readonly { os?: string; architecture?: string; variant?: string }[];
}

/** For which platforms a registry has an image; empty where that can not be had soon. */
export async function findPlatforms(options: {
  engine: Engine;
  image: string;
  credentials: RegistryCredentials | undefined;
  signal: AbortSignal;
}): Promise<readonly string[]> {
  const { engine, image, credentials, signal } = options;
  const asked = engine.ask({ doing: `look up the platforms of ${image}`, signal }, (client) =>
    client.getImage(image).distribution(credentials ? { authconfig: credentials } : {}),
  );
  const { Platforms = [] } = await orNothing<Distribution>(asked, signal);
  const found = Platforms.map(({ os, architecture, variant }) =>
    describePlatform({
      ...(os ? { Os: os } : {}),
      ...(architecture ? { Architecture: architecture } : {}),
      ...(variant ? { Variant: variant } : {}),
    }),
  );
  // Attestations stand in the list as images of no platform.
  return [...new Set(found.filter((platform) => !/^(?:unknown\b.*)?$/.test(platform)))];
}

// It only makes a message better: nobody waits long for it.
async function orNothing<T extends object>(
  asked: Promise<unknown>,
  signal: AbortSignal,
): Promise<Partial<T>> {
  const soon = AbortSignal.any([signal, AbortSignal.timeout(5000)]);
  const late = new Promise<Partial<T>>((resolve) =>
    soon.addEventListener('abort', () => resolve({}), { once: true }),
  );
  return Promise.race([
    asked.then(
      (found) => found as T,
      () => ({}),
    ),
    late,
  ]);
}
