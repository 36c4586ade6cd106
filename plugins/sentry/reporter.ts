import type { DevServicesEvent } from 'devservices';
import { reasonOf } from 'devservices/machine';
import type { EventFrame } from './build-event.ts';
import type { Captures } from './captures.ts';
import type { SinkCounts } from './contract.ts';
import { readDsn } from './dsn.ts';
import { type BuiltTrace, type LeaveRun, leaveRunToProcess } from './left-run.ts';
import type { FoundSdk } from './load-sdk.ts';
import { createTally } from './multiplex/tally.ts';
import type { ClientContext, SdkClient } from './sdk-client.ts';
import { sayWhy } from './say-why.ts';
import type { SdkSetup } from './sdk-setup.ts';
import { type SinkSpec, takesTransactions } from './sink-spec.ts';
import { recordRun } from './trace/record-run.ts';
import type { RunRecord } from './trace/record-run.ts';
import { type ToldError, toldErrors } from './told-errors.ts';

/** Tells the sinks what happens in one run. */
export interface Reporter {
  flush(timeoutMs: number): Promise<boolean>;
  counts(): Readonly<Record<string, SinkCounts>>;
  close(): Promise<void>;
}

export interface ReporterContext extends Omit<
  ClientContext,
  'found' | 'frame' | 'dropTransactions'
> {
  setup: SdkSetup;
  sinks: readonly SinkSpec[];
  captures: Captures;
  events: Parameters<typeof recordRun>[0];
  found: FoundSdk;
  release: string;
  /** Of every event. */
  tags: Readonly<Record<string, string>>;
  place: { root: string };
  /** Default: to a process of its own. */
  leaveRun?: LeaveRun | undefined;
}

/**
 * Loads the SDK when somebody captures something. What came of the task is left to a process of its own,
 * which has the time to load it; a CI, where nobody waits and nothing may live on, loads it here, as soon
 * as a service is waited for.
 */
export function createReporter(context: ReporterContext): Reporter {
  const { setup, captures, log, tags } = context;
  const isPatient = tags['ci'] !== undefined;
  let opening: Promise<SdkClient | undefined> | undefined;
  let opened: SdkClient | undefined;
  let left: Readonly<Record<string, SinkCounts>> | undefined;
  const open = () => (opening ??= openQuietly(context).then((client) => (opened = client)));
  const take = async () => {
    const client = await open();
    if (client) captures.open(client.tellCaptured);
    else captures.close();
    return client;
  };
  captures.onFirst(() => void take());
  const record = recordRun(context.events, (event) => {
    // The start request goes out first.
    if (isPatient && isWait(event)) setImmediate(() => void open());
  });

  return {
    async flush(timeoutMs) {
      if (captures.kept > 0) await take();
      return opened?.flush(timeoutMs) ?? captures.kept === 0;
    },
    counts: () => opened?.counts() ?? left ?? {},
    async close() {
      record.stop();
      try {
        const errors = toldErrors(record.events);
        const trace = isTraced(context) ? await buildTrace(record, context) : undefined;
        const isTold = trace !== undefined || errors.length > 0;
        const canLeave = !isPatient && opening === undefined && captures.kept === 0;
        if (canLeave && isTold) left = await leave({ errors, trace }, context);
        const isHere = opening !== undefined || captures.kept > 0 || (isTold && !left);
        const client = isHere ? await take() : undefined;
        if (!client) return captures.close();
        for (const error of errors) client.tellError(error);
        if (trace) client.tellTransaction(trace.event, trace.description);
        else if (!setup.trace().isSampled) client.leaveOutTransaction();
        await client.flush(setup.options.flushTimeout);
        client.handOver();
      } catch (thrown) {
        log.debug(`The end of this task is not told to Sentry: ${reasonOf(thrown)}`);
      }
    },
  };
}

async function openQuietly(context: ReporterContext): Promise<SdkClient | undefined> {
  const { setup, log } = context;
  try {
    const { openClient } = await import('./sdk-client.ts');
    const { dropTransactions } = setup.options;
    return openClient({ ...context, dropTransactions, frame: await frameOf(context) });
  } catch (thrown) {
    sayWhy(log, thrown);
    return undefined;
  }
}

async function frameOf({ setup, release, tags }: ReporterContext): Promise<EventFrame> {
  const { traceId, rootSpanId } = setup.trace();
  const { environment, machine } = setup.options;
  const revision = await setup.revision();
  return {
    release,
    environment,
    traceId,
    rootSpanId,
    tags: {
      ...tags,
      task: setup.task,
      ...(revision === undefined ? {} : { revision }),
      ...(machine === undefined ? {} : { machine }),
    },
  };
}

async function buildTrace({ events }: RunRecord, context: ReporterContext): Promise<BuiltTrace> {
  const { setup, sinks } = context;
  const { buildTransaction } = await import('./trace/build-transaction.ts');
  const dsn = readDsn(sinks[0]?.dsn ?? '');
  const trace = setup.trace();
  return {
    event: buildTransaction(await frameOf(context), trace, { events, task: setup.task }),
    description: trace.describe(typeof dsn === 'string' ? undefined : dsn.publicKey),
  };
}

/** Counts of the sinks; undefined where it could not be left to anybody. */
async function leave(
  { errors, trace }: { errors: readonly ToldError[]; trace: BuiltTrace | undefined },
  context: ReporterContext,
): Promise<Readonly<Record<string, SinkCounts>> | undefined> {
  const { sinks, metrics, place, leaveRun = leaveRunToProcess } = context;
  const frame = await frameOf(context);
  if (!leaveRun({ root: place.root, sinks, frame, errors, trace })) return undefined;
  const counts = sinks.map((sink) => {
    const tally = createTally(sink.name, metrics);
    const each = [...errors.map(() => true), ...(trace ? [takesTransactions(sink)] : [])];
    for (const isTaken of each) {
      tally.captured();
      if (isTaken) tally.handedOver();
      else tally.dropped('filtered');
    }
    return [sink.name, tally.counts()] as const;
  });
  return Object.fromEntries(counts);
}

/** Whether somebody gets the trace of this task. */
function isTraced({ setup, sinks }: ReporterContext): boolean {
  if (setup.options.dropTransactions || !setup.trace().isSampled) return false;
  return sinks.some(takesTransactions);
}

function isWait(event: DevServicesEvent): boolean {
  return event.event === 'service-state' && ['pulling', 'starting'].includes(event.state);
}
