/** Who logs in to a workstation. */
export interface Account {
  user: string;
  home: string;
  /** Absent: the image's own, or the next that is free. */
  ids?: { uid: number; gid: number };
}

export interface Caller {
  name: string;
  /** Below 0 where there are no such numbers. */
  uid: number;
  gid: number;
}

/**
 * Who logs in: the caller by name and number, so that files of a mounted repo stay the caller's; root
 * where the caller is root, also where an engine makes the caller root in its containers.
 */
export function resolveAccount({
  asked,
  caller,
  isRootless,
}: {
  /** Of the options. */
  asked?: string | undefined;
  caller: Caller;
  /** Whether users of containers are other users outside of them. */
  isRootless: boolean;
}): Account {
  const isRoot = isRootless || caller.uid <= 0;
  const user = asked ?? (isRoot ? 'root' : nameFor(caller.name));
  if (user === 'root') return { user, home: '/root', ids: { uid: 0, gid: 0 } };
  const { uid, gid } = caller;
  return { user, home: `/home/${user}`, ...(isRoot ? {} : { ids: { uid, gid } }) };
}

// As useradd takes it everywhere.
function nameFor(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '_')
    .replace(/^[^a-z_]+/, '')
    .slice(0, 32);
  return plain === '' || plain === 'root' ? 'dev' : plain;
}
