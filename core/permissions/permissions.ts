/**
 * What a plugin or a task asks for; its context has the accessors of these and no others.
 * Least authority by injection, reviewable as a diff; not a sandbox (docs/security.md).
 */
export interface Permissions {
  /** Commands that it may run through `$`, by name. */
  readonly run?: readonly string[];
  /** Hosts that it may ask through `fetch`: `api.example.com`, `*.example.com`, `localhost:8080`; `*` is any. */
  readonly net?: readonly string[];
  /** Folders and files, relative to the repo, that `readText` may read. */
  readonly read?: readonly string[];
  /** Folders and files, relative to the repo, that `writeText` may write. */
  readonly write?: readonly string[];
  /** Variables that `env` shows; `*` at the end stands for the rest: `SENTRY_*`. */
  readonly env?: readonly string[];
  /** The engine's client, by `engine()`. */
  readonly engine?: boolean;
  /** The project itself, by `project`: to look at its services and to run its tasks. */
  readonly project?: boolean;
}

export const permissionNames = [
  'run',
  'net',
  'read',
  'write',
  'env',
  'engine',
  'project',
] as const satisfies readonly (keyof Permissions)[];

/** What is asked for in `next` and was not in `before`, as `run: gcloud` lines. */
export function addedPermissions(before: Permissions, next: Permissions): string[] {
  return permissionNames.flatMap((name) => {
    const had = before[name];
    const asks = next[name];
    if (asks === undefined || asks === false) return [];
    if (asks === true) return had === true ? [] : [name];
    const known = Array.isArray(had) ? had : [];
    return asks.filter((item) => !known.includes(item)).map((item) => `${name}: ${item}`);
  });
}
