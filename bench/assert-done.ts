import type { Ran } from '../test/rig/checkout.ts';

/** What failed is not timed: throws with what it said. */
export function assertDone({ exitCode, stdout, stderr }: Ran): void {
  if (exitCode === 0) return;
  throw new Error(`A command to be timed ended with ${exitCode}:\n${stderr || stdout}`);
}
