import type { EventBody } from './events.ts';

/** Takes secret values out of whatever is printed, written or sent. */
export interface Redactor {
  /** From now on this value is a secret; one under four characters is too short to be told apart. */
  add: (value: string) => void;
  /** The text with every secret, in whatever form, as `[redacted]`. */
  redact: (text: string) => string;
  /** The event with its free texts redacted; names and codes that programs read stay as they are. */
  redactEvent: <Event extends EventBody>(event: Event) => Event;
}

const mark = '[redacted]';
const minLength = 4;
// Shorter pieces of base64 would be found in other texts by chance.
const minPieceLength = 8;
// A password may be the word "postgres": what programs tell services apart by has to stay.
const structural: ReadonlySet<string> = new Set(
  'event at project service task state runner phase plugin hook action code blame level stream image'.split(
    ' ',
  ),
);
const none: ReadonlySet<string> = new Set();
const urlPassword = /(:\/\/[^\s:@/?#"'<>`]*:)[^\s/"'<>`]+@/g;

/** Knows no secret at first; passwords in URLs are always taken out. */
export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  const redact = (text: string): string => {
    pattern ??= compile(forms);
    return cover(text, pattern).replace(urlPassword, `$1${mark}@`);
  };
  return {
    add(value) {
      // Logs are printed by the line, and files end in one: each line of a key is as secret as all.
      const lines = value.split(/\r?\n/).map((line) => line.trim());
      const pieces = lines.filter((line) => line === value.trim() || line.length >= minPieceLength);
      for (const part of [value, ...pieces]) {
        if (part.length >= minLength) for (const form of formsOf(part)) forms.add(form);
      }
      pattern = undefined;
    },
    redact,
    redactEvent(event) {
      const redacted = mapTexts(event, redact);
      // Told once, to whoever started the server; known as a secret it is taken out everywhere else.
      return event.event === 'serving' ? { ...redacted, token: event.token } : redacted;
    },
  };
}

function formsOf(value: string): readonly string[] {
  const url = encodeURIComponent(value.toWellFormed());
  const strict = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  const lower = url.replace(/%../g, (code) => code.toLowerCase());
  const json = JSON.stringify(value).slice(1, -1);
  const nested = JSON.stringify(json).slice(1, -1);
  const base64 = base64Of(Buffer.from(value));
  return [value, url, strict, lower, url.replaceAll('%20', '+'), json, nested].concat(
    [base64.replace(/=+$/, ''), ...base64Pieces(value)].flatMap((text) => [text, urlSafe(text)]),
  );
}

// Within a longer text (`user:password`) the same bytes are encoded in one of three ways, of which the
// characters at both ends belong to their neighbours too.
function base64Pieces(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2]
    .map((shift) => {
      const whole = Math.floor(((shift + bytes.length) * 8) / 6);
      const text = base64Of(Buffer.concat([Buffer.alloc(shift), bytes]));
      return text.slice(Math.ceil((shift * 8) / 6), whole);
    })
    .filter((piece) => piece.length >= minPieceLength);
}

const base64Of = (bytes: Buffer): string => bytes.toString('base64');
const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

// All that match at one place begin alike: in descending order the longest is tried first. The look-ahead
// finds those too that begin within another.
function compile(forms: ReadonlySet<string>): RegExp {
  const literals = [...forms].toSorted((a, b) => (a < b ? 1 : -1));
  const sources = literals.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`(?=(${sources.join('|') || '(?!)'}))`, 'g');
}

function cover(text: string, pattern: RegExp): string {
  let result = '';
  let coveredTo = 0;
  for (const { index, 1: found = '' } of text.matchAll(pattern)) {
    if (index >= coveredTo) result += text.slice(coveredTo, index) + mark;
    coveredTo = Math.max(coveredTo, index + found.length);
  }
  return result + text.slice(coveredTo);
}

function mapTexts<Value>(value: Value, map: (text: string) => string, kept = structural): Value {
  if (typeof value === 'string') return map(value) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, map, kept)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    const isKept = typeof inner === 'string' && kept.has(key);
    // In what a task gave, words mean what the task means by them.
    return [key, isKept ? inner : mapTexts(inner, map, key === 'result' ? none : kept)];
  });
  return Object.fromEntries(entries) as Value;
}
