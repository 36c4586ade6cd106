import { isDevServicesError } from 'devservices';
import { dockerErrors } from '../errors.ts';

/**
 * The HTTP status of an engine's refusal, also when it is the cause; undefined for anything else.
 * Where Podman says 500 for what Docker tells apart, Docker's.
 */
export function statusOf(thrown: unknown): number | undefined {
  const refusal = Object(thrown) as { statusCode?: unknown; json?: unknown; cause?: unknown };
  const { statusCode, json, cause } = refusal;
  if (typeof statusCode === 'number') {
    const { cause: word, message } = Object(json) as { cause?: unknown; message?: unknown };
    if (statusCode !== 500 || typeof word !== 'string') return statusCode;
    const text = `${String(message)}: ${word}`;
    return podmanStatuses.find(([pattern]) => pattern.test(text))?.[1] ?? statusCode;
  }
  return cause === undefined ? undefined : statusOf(cause);
}

const podmanStatuses: readonly (readonly [pattern: RegExp, status: number])[] = [
  [/no space left|disk quota/, 500],
  [/name is already in use|container state improper/, 409],
  [/network is being used/, 403],
  // What it makes of fields before a container is created.
  [/^(?:container create|fill out specgen|normalizing image):/, 400],
  [/network not found/, 404],
];

/** Podman does not wait for its own database where much is asked at once, as when ten containers go. */
export function isDatabaseBusy(thrown: unknown): boolean {
  const isOwn = /database is locked|disk I\/O error: resource temporarily unavailable/;
  return statusOf(thrown) === 500 && isOwn.test(reasonOf(thrown));
}

/** What the engine itself said, without what others put around it. */
export function reasonOf(thrown: unknown): string {
  const { json, cause } = Object(thrown) as { json?: { message?: unknown }; cause?: unknown };
  if (typeof json?.message === 'string') return json.message.trim();
  if (isDevServicesError(thrown) && cause !== undefined) return reasonOf(cause);
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  // What the client says of an answer that it did not read as JSON.
  return text.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
}

/** For `.catch`: these statuses mean `value`, anything else is thrown on. */
export function unless<T>(statuses: readonly number[], value: T): (thrown: unknown) => T {
  return (thrown) => {
    const status = statusOf(thrown);
    if (status !== undefined && statuses.includes(status)) return value;
    throw thrown;
  };
}

/**
 * Turns what a request threw into one of our errors: ours stay, an abort gives the signal's reason,
 * a broken connection is DS_DOCKER_LOST, a refusal DS_DOCKER_REQUEST_FAILED.
 */
export function toEngineError(
  thrown: unknown,
  { doing, address, signal }: { doing: string; address: string; signal?: AbortSignal | undefined },
): unknown {
  if (isDevServicesError(thrown)) return thrown;
  if (signal?.aborted) return signal.reason;
  const reason = reasonOf(thrown);
  if (isBrokenConnection(thrown)) {
    return dockerErrors.create('DS_DOCKER_LOST', { address, reason }, thrown);
  }
  return dockerErrors.create('DS_DOCKER_REQUEST_FAILED', { doing, reason }, thrown);
}

const broken = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOENT',
  'EPIPE',
  'ESSH',
  'ETIMEDOUT',
];

function isBrokenConnection(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  return statusOf(thrown) === undefined && code !== undefined && broken.includes(code);
}
