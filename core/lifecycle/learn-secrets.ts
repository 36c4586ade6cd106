import type { Checkout } from '../identity/checkout.ts';
import { runsOf } from '../plan/choose-runs.ts';
import { readOnce, readSecret } from '../plan/resolve-environment.ts';
import { resolveFiles } from '../plan/resolve-files.ts';
import { isSecret } from '../secret.ts';
import type { Kernel } from './kernel.ts';
import { resolveExports } from './resolve-exports.ts';

/**
 * Reads whatever the configuration marks as secret, so that it is redacted from then on. Gives why some
 * could not be read: what is told of them stays as it is.
 */
export async function learnSecrets(opened: {
  kernel: Kernel;
  checkout: Checkout;
}): Promise<readonly unknown[]> {
  const reader = readOnce(opened.kernel.reader);
  const kernel: Kernel = { ...opened.kernel, reader };
  const services = Object.entries(kernel.config?.services ?? {});
  const work = services.flatMap(([name, service]) => [
    ...secretsIn(service).map(([field, source]) => readSecret(field, source, reader)),
    ...Object.values(runsOf(service)).map((run) => resolveFiles(run, { service: name, reader })),
  ]);
  // What functions give is known when they are called.
  const read = await Promise.allSettled([...work, resolveExports({ ...opened, kernel })]);
  return read.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
}

type Source = Parameters<typeof readSecret>[1];

function secretsIn(value: unknown, field = ''): [string, Source][] {
  if (isSecret(value)) return [[field, value.$secret]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, key));
}
