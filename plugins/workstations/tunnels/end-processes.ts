import type { Clock } from 'devservices/machine';
import { signalAll } from './tunnel-processes.ts';

export interface EndProcesses {
  /** Those that are left: asked again and again, as they may start others. */
  look(): readonly number[];
  clock: Clock;
  /** Ends the waiting; what was asked stays asked. */
  signal?: AbortSignal | undefined;
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
}

/** Ends processes by SIGTERM, those that are left after a grace by SIGKILL; gives those that live on. */
export async function endProcesses(request: EndProcesses): Promise<readonly number[]> {
  const { look, graceMs } = request;
  if (look().length === 0) return [];
  signalAll('SIGTERM', look());
  if (await areGone(request, { forMs: graceMs })) return [];
  const isKilled = await areGone(request, {
    forMs: killingMs,
    before: () => signalAll('SIGKILL', look()),
  });
  return isKilled ? [] : look();
}

const killingMs = 5000;
const firstPauseMs = 10;
const longestPauseMs = 200;

async function areGone(
  { look, clock, signal }: EndProcesses,
  { forMs, before = () => {} }: { forMs: number; before?: () => void },
): Promise<boolean> {
  const end = clock.monotonic() + forMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    before();
    if (look().length === 0) return true;
    const leftMs = end - clock.monotonic();
    if (leftMs <= 0) return false;
    await clock.sleep(Math.min(pauseMs, leftMs), signal);
  }
}
