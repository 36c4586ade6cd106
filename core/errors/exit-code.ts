import type { Blame, DevServicesError } from './error.ts';

/** Exit status of each blame; see DevServicesError. */
export const exitCodes: Readonly<Record<Blame, number>> = {
  outcome: 1,
  user: 2,
  environment: 3,
  plugin: 4,
  bug: 70,
};

// Several at once: a bug hides everything else, then a plugin's, then what the user can mend first.
const weight: readonly Blame[] = ['bug', 'plugin', 'user', 'environment', 'outcome'];

/** The exit status for all errors of a run: 0 for none, else the gravest (70 > 4 > 2 > 3 > 1). */
export function resolveExitCode(errors: readonly Pick<DevServicesError, 'blame'>[]): number {
  const worst = weight.find((blame) => errors.some((error) => error.blame === blame));
  return worst === undefined ? 0 : exitCodes[worst];
}
