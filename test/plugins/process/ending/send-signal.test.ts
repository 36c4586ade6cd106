import { expect, test } from 'vitest';
import { resolveSignal } from '../../../../plugins/process/ending/send-signal.ts';

test.each([
  ['SIGTERM', 'SIGTERM'],
  ['int', 'SIGINT'],
  ['USR1', 'SIGUSR1'],
  ['sigquit', 'SIGQUIT'],
  ['SIGTREM', undefined],
  ['toString', undefined],
  ['', undefined],
  ['15', undefined],
])('%j is %s', (name, signal) => expect(resolveSignal(name)).toBe(signal));
