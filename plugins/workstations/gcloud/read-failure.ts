import { isObject, parseObject, plainText } from 'devservices/machine';

/** What a failure of gcloud means to who asked. */
export type FailureKind =
  | 'missing'
  | 'not-found'
  | 'conflict'
  | 'precondition'
  | 'denied'
  /** Its credentials are not taken, or not any more. */
  | 'expired'
  | 'signed-out'
  /** Asked too often, or at once with somebody else. */
  | 'busy'
  /** A fault of a server or the network; gcloud itself has asked again for half a minute. */
  | 'passing'
  /** The server answered with what gcloud does not understand. */
  | 'garbled'
  | 'other';

export interface GcloudFailure {
  kind: FailureKind;
  /** What it said, for people: no control characters, the last 20 lines. */
  lines: readonly string[];
}

/** Classes a failed call by its exit status and by what gcloud wrote on stderr. */
export function readFailure(exitCode: number | null, stderr: string): GcloudFailure {
  const said = /^ERROR: ([\s\S]*)$/m.exec(stderr)?.[1] ?? stderr;
  const text = said.replace(/\n\s*If you would like to report this issue[\s\S]*$/, '').trim();
  const http = readHttpError(text);
  const words = http?.text ?? text.replace(/^\(gcloud\.[\w.-]+\) /, '');
  return {
    kind: exitCode === 127 ? 'missing' : (http?.kind ?? kindOf(words)),
    lines: linesOf(readJsonError(words) ?? words),
  };
}

/** Lines as people may see them, at most the last 20. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => plainText(line.trimEnd()))
    .filter((line) => line !== '')
    .slice(-20);
}

// An answer that its library knows no better for is shown whole, headers and all.
function readHttpError(text: string): { kind: FailureKind; text: string } | undefined {
  const shape =
    /HttpError accessing <([^>]*)>: response: <\{.*?'status': '?(\d+)'?.*?\}>, content <([\s\S]*)>/;
  const [, url = '', status = '', content = ''] = shape.exec(text) ?? [];
  if (status === '') return undefined;
  const said = readJsonError(content) ?? content.slice(0, 200);
  return { kind: kindOfStatus(Number(status)), text: `HTTP ${status} of ${url}: ${said}` };
}

function kindOfStatus(status: number): FailureKind {
  if (status === 408 || status >= 500) return 'passing';
  const kinds: Readonly<Record<number, FailureKind>> = {
    400: 'precondition',
    401: 'expired',
    403: 'denied',
    404: 'not-found',
    409: 'conflict',
    429: 'busy',
  };
  return kinds[status] ?? 'other';
}

// The API's words (google.rpc.Code), and gcloud's own where it does not get that far.
const shapes: readonly (readonly [RegExp, FailureKind])[] = [
  [/^NOT_FOUND: /, 'not-found'],
  [/^ALREADY_EXISTS: /, 'conflict'],
  [/^FAILED_PRECONDITION: /, 'precondition'],
  [/^PERMISSION_DENIED: /, 'denied'],
  [/^(RESOURCE_EXHAUSTED|ABORTED): /, 'busy'],
  [/^(UNAVAILABLE|INTERNAL|DEADLINE_EXCEEDED|UNKNOWN): /, 'passing'],
  [/crashed \(InvalidDataFromServerError\)/, 'garbled'],
  [/Max retries exceeded|Connection aborted|Connection reset|Remote end closed/, 'passing'],
  [/crashed \(\w*(Connection|Connect|Timeout|Transport|ServerNotFound|Protocol)\w*\)/, 'passing'],
  [/^UNAUTHENTICATED: /, 'expired'],
  [/gcloud auth login|Reauthentication/, 'signed-out'],
];

function kindOf(words: string): FailureKind {
  return shapes.find(([shape]) => shape.test(words))?.[1] ?? 'other';
}

/** `{"error": {"message"}}` of the API, `{"code", "message"}` of an operation; else undefined. */
function readJsonError(text: string): string | undefined {
  const whole = text.startsWith('{') ? parseObject(text) : undefined;
  const error = isObject(whole?.['error']) ? whole['error'] : whole;
  const message = error?.['message'];
  return typeof message === 'string' && message !== '' ? message : undefined;
}
