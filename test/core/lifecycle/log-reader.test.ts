import { expect, test } from 'vitest';
import { createLogPosition } from '../../../core/lifecycle/log-position.ts';
import { createLogReader } from '../../../core/lifecycle/log-reader.ts';
import { systemClock } from '../../../core/clock.ts';
import type { Instance, LogLine, Runner } from '../../../core/run/runner.ts';

test.each(Array.from({ length: 12 }, (_, turns) => turns))(
  'opened again after %i turns, on its way to the end or past it, it is read again',
  async (turns) => {
    let opened = 0;
    const runner: Pick<Runner, 'logs'> = {
      async *logs(): AsyncIterable<LogLine> {
        opened += 1;
        yield { service: 'db', stream: 'stdout', text: `${opened}` };
      },
    };
    const reader = createLogReader({
      runner: runner as Runner,
      instance: { id: '1', service: 'db' } as Instance,
      project: { project: 'shop', checkout: 'c' },
      clock: systemClock,
      signal: new AbortController().signal,
      position: createLogPosition({}),
      onLine: () => {},
      onError: (thrown) => expect.unreachable(String(thrown)),
    });
    reader.open();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    reader.open();
    await reader.ended();
    expect(opened).toBe(2);
  },
);
