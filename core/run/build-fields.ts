/**
 * How an image is built, in the Compose Specification's words (camelCase) and with its meanings; a
 * path alone is the `context`. Built by the docker CLI.
 * Source: Compose Build Specification.
 */
export interface BuildFields {
  /** Folder, relative to the configuration, or the address of a git repository. Default: `.`. */
  context?: string;
  /** Relative to the context. Default: `Dockerfile`. */
  dockerfile?: string;
  /** The Dockerfile's text itself. */
  dockerfileInline?: string;
  /** `ARG`s by name; `null` takes the value from this process's environment. */
  args?: Readonly<Record<string, string | number | boolean | null>>;
  /** Stage of the Dockerfile to stop at. */
  target?: string;
  /** Secrets for `RUN --mount=type=secret`, by id. */
  secrets?: Readonly<Record<string, { file: string } | { env: string }>>;
  /** `default`, or `id=path` of an agent's socket or a key, for `RUN --mount=type=ssh`. */
  ssh?: string | readonly string[];
  /** Images or `type=…` entries that layers may come from. */
  cacheFrom?: readonly string[];
  /** `type=…` entries that layers go to (needs buildx). */
  cacheTo?: readonly string[];
  /** Builds every layer anew. */
  noCache?: boolean;
  /** Network for `RUN`, e.g. `host` or `none`. */
  network?: string;
  labels?: Readonly<Record<string, string>>;
  /** Further `name:address` lines while building. */
  extraHosts?: readonly string[];
  /** Bytes, or Compose's `64mb`. */
  shmSize?: string | number;
  /** Further folders or images by name, for `FROM name` and `COPY --from=name` (needs buildx). */
  additionalContexts?: Readonly<Record<string, string>>;
}
