import type { z } from 'devservices';

declare module 'devservices' {
  interface Contracts {
    projectOptions: ProjectOptions;
  }
}

/** `public`: for anybody; `internal`: for whoever is known; `secret`: for who may `options.secrets`. */
export type Sensitivity = 'public' | 'internal' | 'secret';

/** A setting that each project has a value of. */
export interface DeclaredOption {
  /** Dotted: `mail.from`. Begins with a letter; letters, digits and `._:-`, at most 128. */
  key: string;
  description?: string | undefined;
  /**
   * Takes JSON and gives JSON, at once: what is asynchronous is refused. A value is kept as it was given;
   * what transforms and nested defaults make of it is what counts, and is made anew at each reading.
   */
  schema: z.ZodType;
  /** What counts where nothing is stored; fits the schema. Without one, that of a `schema.default(…)`. */
  default?: unknown;
  /** Default: `internal`. */
  sensitivity?: Sensitivity | undefined;
}

/**
 * Who asks: the owner of the files, somebody who is known and gets no secrets (the command line, until
 * it is asked for them), a user by name, or nobody that is known.
 */
export type Asker = 'owner' | 'known' | { user: string } | 'anybody';

/** One value; the same shape for every project and key. Not to be written to: many projects may share it. */
export interface OptionValue {
  /** False also of what `anybody` may not see: whether there is one is not told either. */
  readonly isStored: boolean;
  /** Undefined where nothing is stored or it is redacted. */
  readonly stored?: unknown;
  /** What counts: stored, else the default. Undefined where there is neither, or it is redacted. */
  readonly effective?: unknown;
  /** The asker may not see values of this key, whether there is one or not. */
  readonly isRedacted: boolean;
  readonly sensitivity: Sensitivity;
  /** Stored, and no longer what the schema takes: the default counts. Has nothing of a secret in it. */
  readonly problem?: string | undefined;
}

export interface OptionsReport {
  /**
   * By project, by key: all that were asked for and are declared, in the order of their declaration.
   * The records have no prototype: what was not asked for is undefined in them, whatever its name.
   */
  projects: Readonly<Record<string, Readonly<Record<string, OptionValue>>>>;
  /** Keys that nobody declares, each once. */
  unknown: readonly string[];
}

export interface OptionChange {
  change: 'changed' | 'unchanged';
  project: string;
  key: string;
}

export interface ProjectOptions {
  /**
   * Throws DS_OPTION_DECLARATION for a key, a schema, a default or a sensitivity that cannot be, and for a
   * key that is declared in other words already. Said twice in the same words, it counts once.
   *
   * @example
   * extend('projectOptions', (options) =>
   *   options.declare({ key: 'mail.from', schema: z.email(), default: 'dev@example.org' }));
   */
  declare(option: DeclaredOption): void;
  /** In the order of declaration. Their defaults may be secrets. */
  declared(): readonly DeclaredOption[];
  /** Throws DS_OPTION_UNKNOWN. */
  find(key: string): DeclaredOption;
  /** One query, however many projects. `keys` empty or absent: all that are declared. */
  get(request: {
    projects: readonly string[];
    keys?: readonly string[] | undefined;
    asker: Asker;
  }): Promise<OptionsReport>;
  /**
   * The value that an argument of a command line, or the bytes of stdin, stand for: the text itself where
   * the schema takes it, else what it is as JSON. Throws DS_OPTION_UNKNOWN, DS_OPTION_INVALID.
   */
  read(key: string, given: string | Uint8Array): unknown;
  /** Throws DS_OPTION_UNKNOWN, DS_OPTION_INVALID, DS_OPTION_PROJECT; none has the value in it. */
  set(request: { project: string; key: string; value: unknown; by: string }): Promise<OptionChange>;
  /** Also of keys that nobody declares any more. Throws DS_OPTION_PROJECT. */
  unset(request: { project: string; key: string; by: string }): Promise<OptionChange>;
}
