import type { LogLine } from '../run/runner.ts';
import { assertKnown } from './down.ts';
import { followLogs, type LogRequest } from './follow-logs.ts';
import type { Kernel } from './kernel.ts';
import { mergeLines } from './merge-lines.ts';
import { observeReachable } from './observe.ts';
import { tellUnseen } from './tell-unseen.ts';

export type { LogRequest } from './follow-logs.ts';

/** The lines of several services as one stream: by time where they were written, then, if followed, as they come. */
export async function* readLogs(kernel: Kernel, request: LogRequest): AsyncIterable<LogLine> {
  if (request.follow) {
    yield* followLogs(kernel, request);
    return;
  }
  const { services, ...options } = request;
  const { found, unseen } = await observeReachable(kernel, await kernel.runners());
  tellUnseen(kernel, unseen);
  assertKnown(
    kernel,
    services,
    found.map(({ instance }) => instance),
  );
  const wanted = found.filter(
    ({ instance }) => services.length === 0 || services.includes(instance.service),
  );
  const end = new AbortController();
  const signal = AbortSignal.any([kernel.signal, end.signal]);
  try {
    yield* mergeLines(
      wanted.map(({ runner, instance }) => runner.logs(instance, { ...options, signal })),
    );
  } finally {
    end.abort(new Error('nobody listens any more'));
  }
}
