import type { KnownOption } from './check-declaration.ts';
import { checkValue } from './check-value.ts';
import { describeExpected } from './describe-expected.ts';
import { optionErrors } from './errors.ts';
import { findJsonProblem } from './json-problem.ts';

const longest = 4 * 1024 * 1024;

/** The text that is kept of a value. Throws DS_OPTION_INVALID, and DS_OPTION_SCHEMA where it cannot be checked. */
export function writeValue(option: KnownOption, value: unknown): string {
  const { key, schema } = option;
  const refuse = (problem: string | undefined) =>
    optionErrors.create('DS_OPTION_INVALID', { key, expected: describeExpected(schema), problem });
  const unlikeJson = findJsonProblem(value);
  if (unlikeJson !== undefined) throw refuse(unlikeJson);
  const text = JSON.stringify(value);
  if (text.length > longest) throw refuse(`it is longer than ${longest} characters of JSON`);
  // What is checked is what a reader will get.
  const checked = checkValue(option, JSON.parse(text));
  if ('value' in checked) return text;
  if (!checked.isSchemaAtFault) {
    throw refuse(option.sensitivity === 'secret' ? undefined : checked.problem);
  }
  throw optionErrors.create('DS_OPTION_SCHEMA', { key, problem: checked.problem });
}
