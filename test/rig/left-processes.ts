import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that lives, as a test sees it. */
export interface LeftProcess {
  pid: number;
  command: string;
}

/**
 * What lives of a checkout with this state home: its services' processes, whatever they started, its
 * supervisor, and tunnels to workstations. Each of them has that home among its variables, and is no task of ours.
 */
export function leftProcesses(stateHome: string): LeftProcess[] {
  return processesOf(stateHome).filter(
    ({ pid }) =>
      read(`/proc/${pid}/environ`).some((line) => /^DEVSERVICES_(PROCESS|TUNNEL)=/.test(line)) ||
      isDetached(String(pid)),
  );
}

/** All that live with this state home among their variables: tasks, and what they started, too. */
export function processesOf(stateHome: string): LeftProcess[] {
  const wanted = `XDG_STATE_HOME=${stateHome}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => read(`/proc/${name}/environ`).includes(wanted) && hasProgram(name))
    .map((name) => ({
      pid: Number(name),
      command: read(`/proc/${name}/cmdline`).join(' ').trim(),
    }));
}

/** Ends them at once, or what else is found. */
export function endLeftProcesses(stateHome: string, find = leftProcesses): void {
  // What one of them was about to start comes to light in the next look.
  for (let looks = 0; looks < 5; looks++) {
    const left = find(stateHome);
    if (left.length === 0) return;
    for (const { pid } of left) kill(pid);
  }
}

function isDetached(pid: string): boolean {
  return read(`/proc/${pid}/cmdline`).some((word) => /supervisor/.test(word));
}

// A zombie has none any more.
function hasProgram(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}

function read(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
