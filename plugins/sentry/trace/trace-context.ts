import { randomBytes } from 'node:crypto';

/** The ids of one run's trace: services continue it before its spans are known. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of the span of the task, 16 hexadecimal digits. */
  readonly rootSpanId: string;
  /** Of whoever called us, where their trace is continued. */
  readonly parentSpanId: string | undefined;
  /** Whether the trace is sent; services are told, and do the same. */
  readonly isSampled: boolean;
  /** The same at each asking. */
  spanIdOf(service: string): string;
  /** `SENTRY_TRACE` for a service: its spans come below its own span here. */
  header(service: string): string;
  /** `SENTRY_BAGGAGE`; the key is that of the DSN to which the trace is sent. */
  baggage(publicKey?: string): string;
  /** What every envelope of the trace says of it. */
  describe(publicKey?: string): Readonly<Record<string, string>>;
}

export interface TraceSettings {
  /** From 0 to 1. */
  sampleRate: number;
  environment: string;
  release: string;
  /** `$SENTRY_TRACE` of a caller whose trace is continued; one that cannot be read is left alone. */
  continued?: { trace: string | undefined; baggage: string | undefined } | undefined;
  /** So many random bytes. Default: those of crypto. */
  random?(size: number): Uint8Array;
}

/**
 * Makes the ids of a trace, and decides whether it is sampled.
 *
 * @example createTraceContext({ sampleRate: 1, environment: 'development', release: 'devservices@1' });
 */
export function createTraceContext(settings: TraceSettings): TraceContext {
  const { sampleRate, environment, release, continued, random = randomBytes } = settings;
  const id = (size: number) => Buffer.from(random(size)).toString('hex');
  const caller = readHeader(continued?.trace);
  const traceId = caller?.traceId ?? id(16);
  const rootSpanId = id(8);
  const isSampled =
    caller?.isSampled ?? Buffer.from(random(4)).readUInt32BE() / 2 ** 32 < sampleRate;
  // Who began the trace says what it is.
  const inherited = caller === undefined ? undefined : readBaggage(continued?.baggage);
  const spans = new Map<string, string>();

  const spanIdOf = (service: string): string => {
    const known = spans.get(service) ?? id(8);
    spans.set(service, known);
    return known;
  };
  const describe: TraceContext['describe'] = (publicKey) =>
    inherited ?? {
      trace_id: traceId,
      ...(publicKey === undefined ? {} : { public_key: publicKey }),
      environment,
      release,
      ...(caller === undefined ? { sample_rate: String(sampleRate) } : {}),
      sampled: String(isSampled),
    };
  return {
    traceId,
    rootSpanId,
    parentSpanId: caller?.spanId,
    isSampled,
    spanIdOf,
    header: (service) => `${traceId}-${spanIdOf(service)}-${isSampled ? 1 : 0}`,
    baggage: (publicKey) =>
      Object.entries(describe(publicKey))
        .map(([key, value]) => `sentry-${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
        .join(','),
    describe,
  };
}

function readHeader(
  text = '',
): { traceId: string; spanId: string; isSampled: boolean | undefined } | undefined {
  const [, traceId, spanId, flag] =
    /^\s*([0-9a-f]{32})-([0-9a-f]{16})(?:-([01]))?\s*$/.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, isSampled: flag === undefined ? undefined : flag === '1' };
}

function readBaggage(text = ''): Readonly<Record<string, string>> | undefined {
  const members = text.split(',').flatMap((member): [string, string][] => {
    const [, key, value] = /^\s*sentry-([\w-]{1,64})=([^;\s]{0,512})/.exec(member) ?? [];
    if (key === undefined || value === undefined) return [];
    try {
      return [[key, decodeURIComponent(value)]];
    } catch {
      return [];
    }
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
