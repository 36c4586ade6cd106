import type { Secret } from '../secret.ts';

/** Compose's long form of a volume. */
export interface VolumeMount {
  /** A volume of this service, a file or folder of this machine, or a folder in memory. */
  type: 'volume' | 'bind' | 'tmpfs';
  /** The volume's name (without one: a volume that goes with the container), or a path. */
  source?: string;
  /** Path in the container. */
  target: string;
  readOnly?: boolean;
  bind?: {
    propagation?: 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave';
    /** Makes the folder where there is none; default true. */
    createHostPath?: boolean;
    /** Relabels it: `z` for several containers, `Z` for this one alone. */
    selinux?: 'z' | 'Z';
  };
  volume?: {
    /** Does not copy what the image has at the target into a new volume. */
    nocopy?: boolean;
    /** Folder of the volume; needs Docker 26. */
    subpath?: string;
  };
  tmpfs?: {
    /** Bytes, or `64mb`. */
    size?: string | number;
    /** Of the folder: `0o1777`, or its digits as a text. */
    mode?: string | number;
  };
}

/** A file of variables; `raw` takes values as they are, quotes and all. */
export interface EnvFile {
  path: string;
  /** False: the file may be missing. */
  required?: boolean;
  format?: 'raw';
}

/** Where the contents of a secret or config come from. */
export type FileSource = { file: string } | { environment: string } | { content: string | Secret };

/** Where a secret or config is in the container, and whose it is there. */
export interface FilePlacement {
  /** Default: `/run/secrets/NAME` for a secret, `/NAME` for a config. */
  target?: string;
  uid?: string | number;
  gid?: string | number;
  /** `0o440`, or its digits as a text; default 0444. */
  mode?: string | number;
}

/** A secret or config as a file; a `secret(…)` is its contents. */
export type ContainerFile = Secret | (FileSource & FilePlacement);

/** By name, or a list whose items say their name as `source`. */
export type ContainerFiles =
  | Readonly<Record<string, ContainerFile>>
  | readonly (FileSource & FilePlacement & { source: string })[];

/** What secrets and configs hold by name, in base64. */
export interface FileContents {
  readonly secrets: Readonly<Record<string, string>>;
  readonly configs: Readonly<Record<string, string>>;
}

/** Files and folders of a container. */
export interface StorageFields {
  /**
   * `name:/path[:ro]` (a volume of this service), `./folder:/path[:ro]` (a folder of the repo), `/path`
   * (a volume that goes with the container), or the long form.
   */
  volumes?: readonly (string | VolumeMount)[];
  /** Folders in memory, e.g. `/tmp`. */
  tmpfs?: string | readonly string[];
  /** Files in /run/secrets, whose contents are never shown. */
  secrets?: ContainerFiles;
  /** Files such as a server's configuration. */
  configs?: ContainerFiles;
  /** Bytes, or Compose's `64mb`. */
  shmSize?: string | number;
  /** Options of the storage driver, e.g. `size`. */
  storageOpt?: Readonly<Record<string, string | number>>;
}
