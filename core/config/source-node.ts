/** A value as it stands in a file. */
export interface SourceNode {
  /** From 1. */
  readonly line: number;
  /** The value under a key, or undefined where no key of that name is written out. */
  child(key: string): SourceNode | undefined;
}
