import { execFile } from 'node:child_process';

import type { PortHolder } from './port-owner.ts';

const patienceMs = 5_000;

/** Asks `lsof` who listens on a port; undefined where it is not installed or finds nobody. */
export function askLsof(
  port: number,
  protocol: 'tcp' | 'udp' = 'tcp',
): Promise<PortHolder | undefined> {
  const sockets = protocol === 'tcp' ? [`-iTCP:${port}`, '-sTCP:LISTEN'] : [`-iUDP:${port}`];
  const args = ['-nP', ...sockets, '-Fpcn'];
  return new Promise((resolve) => {
    execFile('lsof', args, { timeout: patienceMs }, (_, stdout) => resolve(parseLsof(stdout)));
  });
}

/** The first process in what `lsof -Fpcn` prints: a line a field, led by its letter. */
export function parseLsof(output: string): PortHolder | undefined {
  const field = (letter: string) =>
    output
      .split('\n')
      .find((line) => line.startsWith(letter))
      ?.slice(1);
  const name = field('n');
  if (name === undefined) return undefined;
  const host = name.slice(0, name.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
  const pid = Number(field('p'));
  const command = field('c');
  return {
    ...(Number.isInteger(pid) ? { pid } : {}),
    ...(command ? { command } : {}),
    address: host === '*' ? '0.0.0.0' : host,
  };
}
