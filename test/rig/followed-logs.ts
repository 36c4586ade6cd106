import { expect } from 'vitest';
import type { Checkout } from './checkout.ts';

/** Counts from 1 at each start, which it names, so that a lost or doubled line shows. */
export const counter = (image: string, more: object = {}) => ({
  kind: 'container',
  image,
  command: [
    'sh',
    '-c',
    'start=$(date +%s%N); i=0; while :; do i=$((i+1)); echo "$start $i"; sleep 0.05; done',
  ],
  init: true,
  ...more,
});

/** `logs --follow`, until it is told to end. */
export function follow(checkout: Checkout, ...args: readonly string[]) {
  let out = '';
  let interrupt = () => {};
  let wake = () => {};
  const ran = checkout.task('logs', ['--follow', ...args], {
    onOutput(text, kill) {
      out += text;
      interrupt = () => kill('SIGINT');
      wake();
    },
  });
  return {
    /** Resolves when the lines so far are as they have to be. */
    async until(isEnough: (lines: string[]) => boolean): Promise<void> {
      while (!isEnough(out.split('\n').slice(0, -1))) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    async end() {
      interrupt();
      return ran;
    },
  };
}

/** Numbers that each start of each service counted to, which must be one after the other. */
export function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const [, start = '', number = ''] = /^(\S+ \| \d+) (\d+)$/.exec(line) ?? [];
    expect([start, Number(number)]).toEqual([start, (counts.get(start) ?? 0) + 1]);
    counts.set(start, Number(number));
  }
  return counts;
}

/** Whether this many starts of a service were seen, the last of them for a while. */
export const sawStarts = (service: string, count: number) => (lines: string[]) => {
  const own = lines.filter((line) => line.startsWith(`${service} |`));
  const starts = new Set(own.map((line) => line.split(' ')[2]));
  return starts.size >= count && Number(own.at(-1)?.split(' ').at(-1)) >= 5;
};
