import type { DevServicesEvent } from 'devservices';
import { reasonOf } from 'devservices/machine';
import type { EventFrame } from './build-event.ts';
import type { Captures } from './captures.ts';
import type { SinkCounts } from './contract.ts';
import { readDsn } from './dsn.ts';
import { type LeaveTrace, leaveTraceToProcess, type LeftTrace } from './left-trace.ts';
import type { FoundSdk } from './load-sdk.ts';
import { createTally } from './multiplex/tally.ts';
import type { ClientContext, SdkClient } from './sdk-client.ts';
import type { SdkSetup } from './sdk-setup.ts';
import type { SinkSpec } from './sink-spec.ts';
import { recordRun } from './trace/record-run.ts';
import type { RunRecord } from './trace/record-run.ts';
import { toldErrors } from './told-errors.ts';

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
  leaveTrace?: LeaveTrace | undefined;
}

/** Loads the SDK while the task waits for something, else when there is something to tell. */
export function createReporter(context: ReporterContext): Reporter {
  const { setup, captures, log } = context;
  let opening: Promise<SdkClient | undefined> | undefined;
  let opened: SdkClient | undefined;
  let left: Readonly<Record<string, SinkCounts>> = {};
  const open = () => (opening ??= openQuietly(context).then((client) => (opened = client)));
  const take = async () => {
    const client = await open();
    if (client) captures.open(client.tellCaptured);
    else captures.close();
    return client;
  };
  captures.onFirst(() => void take());
  let hasWaited = false;
  const record = recordRun(context.events, (event) => {
    if (!isWait(event)) return;
    hasWaited = true;
    // The start request goes out first.
    setImmediate(() => void open());
  });

  return {
    async flush(timeoutMs) {
      if (captures.kept > 0) await take();
      return opened?.flush(timeoutMs) ?? captures.kept === 0;
    },
    counts: () => opened?.counts() ?? left,
    async close() {
      record.stop();
      try {
        const errors = toldErrors(record.events);
        const isMore = hasWaited || opening !== undefined || errors.length + captures.kept > 0;
        const trace = isTraced(context) ? await buildTrace(record, context) : undefined;
        // Who has waited for nothing, as nothing was to do, does not wait for the SDK either.
        if (!isMore && trace) left = leave(trace, context);
        const isLeft = Object.keys(left).length > 0;
        const client = isMore || (trace && !isLeft) ? await take() : undefined;
        if (!client) return captures.close();
        for (const error of errors) client.tellError(error);
        if (trace) client.tellTransaction(trace.event, trace.trace);
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
    log.warn(reasonOf(thrown));
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

type Trace = Omit<LeftTrace, 'root' | 'sinks'>;

async function buildTrace({ events }: RunRecord, context: ReporterContext): Promise<Trace> {
  const { setup, sinks } = context;
  const { buildTransaction } = await import('./trace/build-transaction.ts');
  const frame = await frameOf(context);
  const dsn = readDsn(sinks[0]?.dsn ?? '');
  const key = typeof dsn === 'string' ? undefined : dsn.publicKey;
  const trace = setup.trace();
  return {
    frame,
    event: buildTransaction(frame, trace, { events, task: setup.task }),
    trace: trace.describe(key),
  };
}

/** Counts of the sinks, none where it could not be left to anybody. */
function leave(trace: Trace, context: ReporterContext): Readonly<Record<string, SinkCounts>> {
  const { sinks, metrics, leaveTrace = leaveTraceToProcess } = context;
  if (!leaveTrace({ ...trace, root: context.place.root, sinks })) return {};
  const counts = sinks.map((sink) => {
    const tally = createTally(sink.name, metrics);
    tally.captured();
    if (takesTraces(sink)) tally.handedOver();
    else tally.dropped('filtered');
    return [sink.name, tally.counts()] as const;
  });
  return Object.fromEntries(counts);
}

/** Whether somebody gets the trace of this task. */
function isTraced({ setup, sinks }: ReporterContext): boolean {
  if (setup.options.dropTransactions || !setup.trace().isSampled) return false;
  return sinks.some(takesTraces);
}

const takesTraces = ({ sampleRate, itemRates }: SinkSpec): boolean =>
  sampleRate > 0 && (itemRates['transaction'] ?? 1) > 0;

function isWait(event: DevServicesEvent): boolean {
  return event.event === 'service-state' && ['pulling', 'starting'].includes(event.state);
}
