/** A case that an engine can not pass. */
export interface Difference {
  /** Path of its file, from the repo's root. */
  file: string;
  /** The test's own title. */
  title: string;
  reason: string;
}

/**
 * What Podman does not do. Each is run and has to fail: one that passes is to be taken out, one that
 * no test is called any more too.
 */
export const podmanDifferences: readonly Difference[] = [];
