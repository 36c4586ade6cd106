import type { z } from 'zod';

declare module 'devservices' {
  interface Contracts {
    projectOptions: ProjectOptions;
  }
}

/** `public`: for anybody; `internal`: for whoever is known; `secret`: for who may `options.secrets`. */
export type Sensitivity = 'public' | 'internal' | 'secret';

/** A setting that each project has a value of. */
export interface DeclaredOption {
  /** Dotted: `mail.from`. */
  key: string;
  description?: string;
  /** Takes and gives JSON. */
  schema: z.ZodType;
  /** What counts where nothing is stored; fits the schema. */
  default?: unknown;
  /** Default: `internal`. */
  sensitivity?: Sensitivity;
}

/** Who asks: the owner of the files, a user by name, or nobody that is known. */
export type Asker = 'owner' | { user: string } | 'anybody';

/** One value; the same shape for every project and key. */
export interface OptionValue {
  isStored: boolean;
  /** Undefined in JSON where nothing is stored or it is redacted. */
  stored?: unknown;
  /** What counts: stored, else the default. */
  effective?: unknown;
  /** There is a value, and the asker may not see it. */
  isRedacted: boolean;
  sensitivity: Sensitivity;
  /** Stored, and no longer what the schema takes: the default counts. */
  problem?: string;
}

export interface OptionsReport {
  /** By project, by key: all that were asked for and are declared. */
  projects: Readonly<Record<string, Readonly<Record<string, OptionValue>>>>;
  /** Keys that nobody declares. */
  unknown: readonly string[];
}

export interface OptionChange {
  change: 'changed' | 'unchanged';
  project: string;
  key: string;
}

export interface ProjectOptions {
  /** Throws DS_OPTION_INVALID for a key, a default or a sensitivity that cannot be; twice: the same plugin's last. */
  declare(option: DeclaredOption): void;
  declared(): readonly DeclaredOption[];
  /** One query, however many projects. `keys` empty or absent: all that are declared. */
  get(request: {
    projects: readonly string[];
    keys?: readonly string[] | undefined;
    asker: Asker;
  }): Promise<OptionsReport>;
  /** Throws DS_OPTION_UNKNOWN, DS_OPTION_INVALID. */
  set(request: { project: string; key: string; value: unknown; by: string }): Promise<OptionChange>;
  /** Also of keys that nobody declares any more. */
  unset(request: { project: string; key: string; by: string }): Promise<OptionChange>;
}
