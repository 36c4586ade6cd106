import type { DevServicesEvent } from 'devservices';
import { reasonOf } from 'devservices/machine';
import type { EventFrame } from './build-event.ts';
import type { Captures } from './captures.ts';
import type { SinkCounts } from './contract.ts';
import { readDsn } from './dsn.ts';
import type { FoundSdk } from './load-sdk.ts';
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
}

/** Loads the SDK while the task waits for something, else when there is something to tell. */
export function createReporter(context: ReporterContext): Reporter {
  const { setup, captures, log } = context;
  let opening: Promise<SdkClient | undefined> | undefined;
  let opened: SdkClient | undefined;
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
    if (isWait(event)) setImmediate(() => void open());
  });

  return {
    async flush(timeoutMs) {
      if (captures.kept > 0) await take();
      return opened?.flush(timeoutMs) ?? captures.kept === 0;
    },
    counts: () => opened?.counts() ?? {},
    async close() {
      record.stop();
      try {
        const errors = toldErrors(record.events);
        const isTold = isTraced(context) || errors.length > 0 || captures.kept > 0;
        const client = isTold || opening ? await take() : undefined;
        if (!client) return captures.close();
        for (const error of errors) client.tellError(error);
        await tellTrace(client, record, context);
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

async function tellTrace(
  client: SdkClient,
  record: RunRecord,
  context: ReporterContext,
): Promise<void> {
  const { setup, sinks } = context;
  const trace = setup.trace();
  if (!trace.isSampled) return client.leaveOutTransaction();
  if (!isTraced(context)) return;
  const { buildTransaction } = await import('./trace/build-transaction.ts');
  const run = { events: record.events, task: setup.task };
  const event = buildTransaction(await frameOf(context), trace, run);
  const dsn = readDsn(sinks[0]?.dsn ?? '');
  client.tellTransaction(
    event,
    trace.describe(typeof dsn === 'string' ? undefined : dsn.publicKey),
  );
}

/** Whether somebody gets the trace of this task. */
function isTraced({ setup, sinks }: ReporterContext): boolean {
  if (setup.options.dropTransactions || !setup.trace().isSampled) return false;
  return sinks.some(({ sampleRate, itemRates }) => {
    return sampleRate > 0 && (itemRates['transaction'] ?? 1) > 0;
  });
}

function isWait(event: DevServicesEvent): boolean {
  return event.event === 'service-state' && ['pulling', 'starting'].includes(event.state);
}
