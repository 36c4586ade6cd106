import { systemClock } from '../../../../core/clock.ts';
import {
  type EndingState,
  type EndOptions,
  endProcess,
} from '../../../../plugins/process/ending/end-process.ts';
import type { ProcessRecord } from '../../../../plugins/process/record/process-record.ts';

/** Ends it; the states that it went through. */
export async function endStates(
  record: ProcessRecord,
  options: Partial<EndOptions> = {},
): Promise<EndingState[]> {
  const states: EndingState[] = [];
  const onState = (state: EndingState) => void states.push(state);
  await endProcess(record, {
    clock: systemClock,
    signal: new AbortController().signal,
    onState,
    ...options,
  });
  return states;
}
