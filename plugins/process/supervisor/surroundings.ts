import { membersOf } from '../ending/members.ts';
import { waitStopped } from '../logs/wait-stopped.ts';
import type { ProcessRecord } from '../record/process-record.ts';
import { asProcess } from '../record/resolved-process.ts';
import { openServiceLog } from './service-log.ts';
import type { ServiceContext } from './supervised-service.ts';
import { watchFiles } from './watch-files.ts';

/** What goes on around a service while it is supervised: its log is looked after, its files are watched. */
export interface Surroundings {
  /** Logical offset at which the log ends now. */
  logOffset(): number;
  /** Lets go on what somebody stopped who was killed before letting it go on. */
  resume(): void;
  close(): void;
}

export interface SurroundingsOptions extends Pick<ServiceContext, 'places' | 'clock' | 'say'> {
  /** The record as it is at any time. */
  current(): ProcessRecord;
  /** Its files changed. */
  onChange(): void;
}

/** Opened when they are first needed, and again after they were closed. */
export function createSurroundings(options: SurroundingsOptions): {
  open(): Promise<Surroundings>;
  close(): void;
} {
  let opened: Surroundings | undefined;
  return {
    open: async () => (opened ??= await openSurroundings(options)),
    close() {
      opened?.close();
      opened = undefined;
    },
  };
}

async function openSurroundings(options: SurroundingsOptions): Promise<Surroundings> {
  const { places, clock, say, current, onChange } = options;
  const { service, run } = current().target;
  const { cwd, watch: globs } = asProcess(run);
  const resume = (): void => signalAll(current(), 'SIGCONT');
  const log = openServiceLog(places.log(service), {
    clock,
    pause: async () => {
      // What one of them started in the meantime is stopped in the next round.
      for (let rounds = 0; rounds < 3; rounds += 1) signalAll(current(), 'SIGSTOP');
      const pids = membersOf(current()).map(({ pid }) => pid);
      if (!(await waitStopped(pids, clock))) throw new Error('a process could not be paused');
    },
    resume,
    onTrouble: say,
  });
  const files =
    globs.length === 0
      ? undefined
      : await watchFiles({ cwd, globs, clock, onChange, onTrouble: say });
  return {
    logOffset: () => log.offset(),
    resume,
    close() {
      files?.close();
      log.close();
    },
  };
}

function signalAll(record: ProcessRecord, signal: NodeJS.Signals): void {
  for (const { pid } of membersOf(record)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended.
    }
  }
}
