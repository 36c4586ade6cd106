import type { KnownOption } from './check-declaration.ts';
import { checkValue } from './check-value.ts';
import { describeExpected } from './describe-expected.ts';
import { optionErrors } from './errors.ts';

/** See `read` of ProjectOptions. */
export function readGiven(option: KnownOption, given: string | Uint8Array): unknown {
  const text = typeof given === 'string' ? given : decode(option, given);
  if ('value' in checkValue(option, text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Its message would repeat the text.
    throw refuse(option, 'it is no JSON either');
  }
}

function decode(option: KnownOption, bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse(option, 'its bytes are no UTF-8');
  }
  // `echo` ends its line; in a text of several lines, such as a key, the last end belongs to it.
  return text.replace(/^([^\n]*?)\r?\n$/, '$1');
}

function refuse({ key, schema }: KnownOption, problem: string): Error {
  const facts = { key, expected: describeExpected(schema), problem };
  return optionErrors.create('DS_OPTION_INVALID', facts);
}
