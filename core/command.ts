import type { Shell } from 'zx';

/** A zx shell: `` await $`psql ${url}` ``. Values are quoted, never pasted. */
export type CommandShell = Shell;
