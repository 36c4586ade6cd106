import { defineTask, DevServicesError } from 'devservices';
import { isDevServicesError, resolveMoment } from 'devservices/machine';

export default defineTask(import.meta, {
  name: 'logs',
  description: "Prints the services' logs",
  endsByInterrupt: true,
  args: {
    services: { kind: 'positional', many: true, description: 'Only these' },
    follow: {
      kind: 'flag',
      description: 'Goes on with new lines, also of what starts later, until Ctrl-C',
    },
    timestamps: { kind: 'flag', description: 'Begins each line with its time' },
    tail: { kind: 'option', value: 'LINES', number: true, description: 'Only the last lines' },
    since: {
      kind: 'option',
      value: 'TIME',
      description: 'Only lines since then: a time (2026-01-31T10:00:00Z) or how long ago (10m)',
    },
  },
  async run({ host, args, log }) {
    // What a service writes may be secret; what is, is known only where it was read.
    for (const reason of new Set((await host.learnSecrets()).flatMap(whyUnread))) {
      log.warn(`What cannot be read is not taken out of the lines: ${reason}`);
    }
    const lines = host.logs({
      services: args.services,
      follow: args.follow,
      ...(args.tail === undefined ? {} : { tail: args.tail }),
      ...(args.since === undefined ? {} : { sinceMs: resolveSince(args.since, host.clock.now()) }),
    });
    for await (const { service, stream, text, at } of lines) {
      const stamp = args.timestamps && at !== undefined ? `${at} ` : '';
      host.events.emit({ event: 'log', service, stream, text: `${stamp}${text}` });
    }
  },
});

function whyUnread(thrown: unknown): string[] {
  const isUnread = isDevServicesError(thrown) && thrown.code === 'DS_SECRET_UNAVAILABLE';
  return isUnread ? [thrown.message] : [];
}

function resolveSince(since: string, nowMs: number): number {
  const sinceMs = resolveMoment(since, nowMs);
  if (sinceMs !== undefined) return sinceMs;
  throw new DevServicesError({
    code: 'DS_ARGUMENT_INVALID',
    blame: 'user',
    message: `--since takes a time or a duration, and was given "${since}".`,
    hint: 'Give --since a time like 2026-01-31T10:00:00Z, or a duration like 10m.',
  });
}
