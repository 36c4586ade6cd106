import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Clock, findListeners, plainText } from 'devservices/machine';
import type { TunnelProgram } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import { awaitOpen } from './await-open.ts';
import { endTunnel } from './end-tunnel.ts';
import { launchProgram } from './launch-program.ts';
import { tunnelPlaces, writeTunnel } from './tunnel-files.ts';
import { identityOf, markerOf } from './tunnel-processes.ts';
import type { TunnelRecord } from './tunnel-record.ts';

export interface EnsureTunnel {
  provider: string;
  /** Names the workstation among all, and among its former selves. */
  workstation: string;
  /** For people. */
  name: string;
  remotePort: number;
  /** Asked once a try. */
  program(): Promise<TunnelProgram>;
  signal: AbortSignal;
  timeoutMs: number;
}

export interface TunnelSurroundings {
  /** Made where it is not there, 0700. */
  folder: string;
  clock: Clock;
  /** The caller's; programs run in it. */
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a tunnel's program, and resolves once it leads there; the program outlives this process. One
 * that found its port taken is asked for anew, up to ten times. Who calls it holds the tunnel's lock.
 *
 * Throws DS_TUNNEL_FAILED, what `program` throws, DS_STATE_UNWRITABLE, or the signal's reason; nothing
 * is left of it then.
 */
export async function startTunnel(
  surroundings: TunnelSurroundings,
  request: EnsureTunnel,
): Promise<TunnelRecord> {
  for (let tries = 1; ; tries += 1) {
    const program = await request.program();
    request.signal.throwIfAborted();
    const outcome = await tryProgram(surroundings, request, program);
    if ('record' in outcome) return outcome.record;
    const { isPortTaken, isLate, lines } = outcome;
    if (isPortTaken && tries < mostTries) continue;
    throw workstationErrors.create('DS_TUNNEL_FAILED', {
      name: request.name,
      remotePort: request.remotePort,
      reason: `${outcome.reason}${isPortTaken ? `, ${tries} times, as its port was taken` : ''}`,
      lines,
      ...(isLate ? { mayPass: true as const } : {}),
    });
  }
}

const mostTries = 10;

type Outcome =
  | { record: TunnelRecord }
  | { reason: string; lines: readonly string[]; isPortTaken: boolean; isLate: boolean };

async function tryProgram(
  { folder, clock, env }: TunnelSurroundings,
  request: EnsureTunnel,
  program: TunnelProgram,
): Promise<Outcome> {
  const { provider, workstation, name, remotePort, signal, timeoutMs } = request;
  const id = randomBytes(6).toString('hex');
  const of = { v: 1, id, provider, workstation, name, remotePort } as const;
  const marker = markerOf(folder, of);
  const logFile = tunnelPlaces(folder, id).log;
  const { pid, ...launched } = launchProgram({ program, env, marker, logFile });
  const record: TunnelRecord = {
    ...of,
    localPort: program.localPort ?? 0,
    leader: identityOf(pid),
    startedAt: clock.now(),
    command: program.command,
  };
  const clean = () => endTunnel(record, { folder, clock, graceMs: 2000 });
  try {
    // Nothing is awaited before: whoever comes after a crash of ours finds it.
    writeTunnel(folder, record);
    const opening = await awaitOpen({ ...launched, folder, record, clock, signal, timeoutMs });
    if ('port' in opening) {
      const open = { ...record, localPort: opening.port };
      writeTunnel(folder, open);
      launched.release();
      return { record: open };
    }
    const lines = lastLines(logFile);
    const isPortTaken = launched.ended.aborted && isTaken(program, lines);
    await clean();
    return {
      reason: `${basename(program.command[0] ?? '')} ${opening.reason}`,
      lines,
      isPortTaken,
      isLate: opening.isLate,
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

// Of one that ended: either it says so (also of a port that it chose itself), or somebody is there.
function isTaken({ localPort }: TunnelProgram, lines: readonly string[]): boolean {
  const isSaid = lines.some((line) => /address already in use|cannot listen to port/i.test(line));
  return isSaid || (localPort !== undefined && findListeners(localPort).length > 0);
}

const mostLines = 20;

function lastLines(path: string): readonly string[] {
  try {
    const lines = readFileSync(path, 'utf8').split(/\r?\n/);
    return lines
      .map((line) => plainText(line).trimEnd())
      .filter(Boolean)
      .slice(-mostLines);
  } catch {
    return [];
  }
}
