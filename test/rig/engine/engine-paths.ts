import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { EngineFolders } from './places.ts';

export interface EnginePaths {
  socket: string;
  pidFile: string;
  execRoot: string;
  /** What is passed as dockerd's configuration file, so that the machine's own is not read. */
  config: string;
  /** Who the running dockerd is: pid, start time, boot. */
  record: string;
  log: string;
  /** Folder put before PATH when the machine's default `iptables` does not work here. */
  bin: string;
  dataRoot: string;
  lock: string;
}

/** Every path of one private engine. */
export function enginePaths({ run, cache }: EngineFolders): EnginePaths {
  return {
    socket: join(run, 'docker.sock'),
    pidFile: join(run, 'docker.pid'),
    execRoot: join(run, 'exec'),
    config: join(run, 'daemon.json'),
    record: join(run, 'engine.json'),
    log: join(run, 'dockerd.log'),
    bin: join(run, 'bin'),
    dataRoot: join(cache, 'data'),
    lock: join(run, 'engine.lock'),
  };
}

/** The cgroup under which this engine, and no other, puts its containers. */
export function cgroupParent({ run }: EngineFolders): string {
  return `/devservices-test-${createHash('sha256').update(run).digest('hex').slice(0, 8)}`;
}
