import type { CommandShell } from '../command.ts';
import type { Permissions } from './permissions.ts';

/** What each permission grants; `project` is added by core/host-access.ts. */
export interface Accessors {
  /** Runs a declared command: `` await $`gcloud version` ``; any other is refused. */
  run: { readonly $: CommandShell };
  net: { readonly fetch: typeof fetch };
  read: { readText(path: string): Promise<string> };
  write: { writeText(path: string, text: string): Promise<void> };
  env: { readonly env: Readonly<Record<string, string | undefined>> };
  engine: { engine(): Promise<unknown> };
}

type Asked<P extends Permissions> = {
  [Name in keyof P & keyof Accessors]: P[Name] extends undefined | false ? never : Name;
}[keyof P & keyof Accessors];

type Merge<Union> = (Union extends unknown ? (value: Union) => void : never) extends (
  value: infer All,
) => void
  ? All
  : never;

/** The accessors that a declaration grants, and nothing besides. */
export type Granted<P extends Permissions> = [Asked<P>] extends [never]
  ? // oxlint-disable-next-line typescript/no-empty-object-type -- nothing asked, nothing granted
    {}
  : Merge<Accessors[Asked<P>]>;
