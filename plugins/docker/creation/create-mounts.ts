import type { Target } from 'devservices/runner';
import { volumeName } from '../runner/owned-names.ts';
import { asContainer } from '../fields/resolved-container.ts';
import type {
  ResolvedContainer,
  ResolvedFiles,
  ResolvedMount,
} from '../fields/resolved-container.ts';

/** The parts of a create request's HostConfig that are about files. Pure. */
export function createMounts(target: Target): Record<string, unknown> {
  const run = asContainer(target.run);
  const relabelled = run.volumes.filter(({ selinux }) => selinux !== undefined);
  const plain = run.volumes.filter(({ selinux }) => selinux === undefined);
  return {
    Mounts: [...plain.map((mount) => createMount(target, mount)), ...mountedFiles(run)],
    // Only the short form can say that a file system is to be relabelled.
    Binds: relabelled.length > 0 ? relabelled.map((mount) => createBind(target, mount)) : undefined,
    Tmpfs: Object.fromEntries(run.tmpfs.map(createTmpfs)),
    ShmSize: run.shmSize,
    StorageOpt: run.storageOpt,
    ReadonlyRootfs: run.readOnly,
  };
}

function createMount(target: Target, mount: ResolvedMount): Record<string, unknown> {
  const { type, target: path, readOnly, propagation, nocopy, subpath, size, mode } = mount;
  return {
    Type: type,
    Source: sourceOf(target, mount),
    Target: path,
    ReadOnly: readOnly,
    ...(propagation === undefined ? {} : { BindOptions: { Propagation: propagation } }),
    ...(nocopy === undefined && subpath === undefined
      ? {}
      : { VolumeOptions: { NoCopy: nocopy, Subpath: subpath } }),
    ...(size === undefined && mode === undefined
      ? {}
      : { TmpfsOptions: { SizeBytes: size, Mode: mode } }),
  };
}

function createBind(target: Target, mount: ResolvedMount): string {
  const { target: path, readOnly, propagation, selinux, nocopy } = mount;
  const options = [readOnly ? 'ro' : 'rw', selinux, propagation, nocopy ? 'nocopy' : undefined];
  const said = options.filter((option) => option !== undefined).join(',');
  return [sourceOf(target, mount), path, said].filter((part) => part !== undefined).join(':');
}

function sourceOf({ project, service }: Target, { type, source }: ResolvedMount) {
  if (source === '') return undefined;
  return type === 'volume' ? volumeName(project, service, source) : source;
}

function mountedFiles({ secrets, configs }: ResolvedContainer): Record<string, unknown>[] {
  return filesOf(secrets, configs).flatMap((file) =>
    'source' in file
      ? [{ Type: 'bind', Source: file.source, Target: file.target, ReadOnly: true }]
      : [],
  );
}

function filesOf(...all: readonly (ResolvedFiles | undefined)[]) {
  return all.flatMap((files) => Object.values(files ?? {}).flat());
}

function createTmpfs(line: string): [path: string, options: string] {
  const [path = '', ...options] = line.split(':');
  return [path, options.join(':')];
}
