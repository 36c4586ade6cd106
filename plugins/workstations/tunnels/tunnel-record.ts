import type { ProcessIdentity } from 'devservices/machine';

/** What one file remembers of a tunnel, 0600, replaced whole. */
export interface TunnelRecord {
  readonly v: 1;
  /** Names its files: 12 hex digits. */
  id: string;
  provider: string;
  /** Names the workstation among all providers, scopes and its own former selves. */
  workstation: string;
  name: string;
  /** Of the workstation. */
  remotePort: number;
  /** Of this machine, on 127.0.0.1. */
  localPort: number;
  /** The program's first process; its group is its own. */
  leader: ProcessIdentity;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Without what is secret in it. */
  command: readonly string[];
}

/** A tunnel as people and `--json` read it. */
export interface TunnelReport {
  id: string;
  provider: string;
  name: string;
  state: 'open' | 'dead';
  host: '127.0.0.1';
  port: number;
  remotePort: number;
  pid: number;
  /** ISO time. */
  since: string;
  /** What it wrote. */
  logFile: string;
}
