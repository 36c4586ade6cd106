import { isIP } from 'node:net';
import * as z from 'zod';
import { resolveDuration, type Duration } from '../duration.ts';

/** What a schema says of itself: for problems ("expected …") and for docs/configuration.md. */
export interface FieldNotes {
  /** What it may be, where the schema's own kind does not say it well: `a duration such as '10s'`. */
  type?: string;
  /** What it means. */
  description?: string;
  /** What holds without it. */
  default?: string;
}

/** A field with its meaning, and what holds without it. */
export function field<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  fallback?: string,
): z.ZodOptional<Schema> {
  return noted(schema.optional(), {
    description,
    ...(fallback === undefined ? {} : { default: fallback }),
  });
}

// As `meta` does, without the copy that it makes: there are hundreds of fields, at every start.
function noted<Schema extends z.ZodType>(fresh: Schema, notes: FieldNotes): Schema {
  z.globalRegistry.add(fresh, { ...notes });
  return fresh;
}

/** A text of a certain form. */
export function textLike(pattern: RegExp, type: string): z.ZodType<string> {
  return noted(
    z.custom<string>((value) => typeof value === 'string' && pattern.test(value)),
    { type },
  );
}

export const text = textLike(/[^]/, 'a non-empty text');
export const texts = z.array(z.string()).meta({ type: 'a list of texts' });
export const textOrTexts = z.union([text, texts]);
export const flag = z.boolean();

export const aFunction = z
  .custom<(...given: unknown[]) => unknown>((value) => typeof value === 'function')
  .meta({ type: 'a function' });

export const duration = z
  .custom<Duration>(
    (value) =>
      (typeof value === 'string' || typeof value === 'number') &&
      resolveDuration(value) !== undefined,
  )
  .meta({ type: "a duration such as '10s' or '1m30s', or milliseconds" });

export const portNumber = wholeNumber(1, 65_535, 'a port from 1 to 65535');
export const count = wholeNumber(1, Number.MAX_SAFE_INTEGER, 'a whole number from 1 on');

/** Names of projects and services: they become names of containers and networks. */
export const namePattern = /^[a-z0-9][a-z0-9_-]{0,39}$/;
export const nameType =
  'a name of a-z, 0-9, - and _ that begins with a letter or digit, up to 40 long';
export const name = textLike(namePattern, nameType);

export const portName = textLike(/^[A-Za-z0-9_-]+$/, 'a name of letters, digits, - and _');

export const secret = z
  .strictObject({
    $secret: z
      .union([
        z.strictObject({ value: z.string() }),
        z.strictObject({ env: text }),
        z.strictObject({ file: text }),
        z.strictObject({
          command: z.array(z.string()).min(1).meta({ type: 'a command and its arguments' }),
        }),
      ])
      .meta({ type: 'one of { value }, { env }, { file } and { command }' }),
  })
  .meta({ type: 'a secret' });

export const environmentValue = z
  .union([z.string(), z.number(), z.boolean(), z.null(), secret])
  .meta({ type: 'a text, number, true, false or secret' });

export const variables = z
  .record(textLike(/^[^=\0]+$/, 'the name of a variable'), environmentValue)
  .meta({ type: 'a record of variables' });

export const environment = z.union([variables, aFunction]);

export const size = z.union([
  count,
  textLike(/^\d+(?:\.\d+)?\s*(?:[bkmg]|[kmg]b)?$/i, "a size such as '64mb'"),
]);

const label = z.string().meta({ type: 'a text' });
export const labels = z
  .record(
    textLike(/^(?!dev\.devservices\.)[^]+$/, 'a label that does not begin with dev.devservices.'),
    label,
  )
  .meta({ type: 'a record of labels' });

export const hostLines = z.array(
  textLike(/^[A-Za-z0-9._-]+[:=]\S+$/, 'a host such as api.local:10.0.0.5'),
);

export const lines = z
  .array(textLike(/^[^=]+=[^]*$/, 'a line such as name=value'))
  .meta({ type: 'a list of name=value lines' });

/** `0o440`, or its digits as a text, as YAML 1.2 has no other way. */
export const fileMode = z
  .custom<string | number>((value) =>
    typeof value === 'number'
      ? Number.isSafeInteger(value) && value >= 0 && value <= 0o7777
      : typeof value === 'string' && /^(?:0o?)?[0-7]{3,4}$/.test(value),
  )
  .meta({ type: "permissions such as 0o440 or '0440'" });

export const groupName = z
  .custom<string | number>(
    (value) =>
      Number.isSafeInteger(value) || (typeof value === 'string' && /^[A-Za-z0-9_-]+$/.test(value)),
  )
  .meta({ type: 'a name or number' });

export const userNumber = z
  .custom<string | number>((value) => /^\d+$/.test(String(value)))
  .meta({ type: 'a number' });

/** One of some words, or what another service or container has. */
export function joined(words: readonly string[]): z.ZodType<string> {
  const names = [...words.map((word) => `'${word}'`), "'service:NAME'"].join(', ');
  return textLike(
    new RegExp(`^(?:${words.join('|')}|(?:service|container):[A-Za-z0-9][A-Za-z0-9_.-]*)$`),
    `one of ${names} and 'container:NAME'`,
  );
}

export function wholeNumber(least: number, most: number, type: string): z.ZodType<number> {
  const isWithin = (value: unknown): boolean =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
  return z.custom<number>(isWithin).meta({ type });
}

/** An address of an interface; `of` narrows it. */
export function ipAddress(type: string, of?: 4 | 6): z.ZodType<string> {
  const isAddress = (value: unknown) => {
    const version = typeof value === 'string' ? isIP(value) : 0;
    return of === undefined ? version !== 0 : version === of;
  };
  return z.custom<string>(isAddress).meta({ type });
}
