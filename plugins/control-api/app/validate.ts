import type { z } from 'devservices';
import { didYouMean } from 'devservices/machine';
import { apiErrors } from '../errors.ts';
import type { ValueProblem } from '../errors/call-errors.ts';
import type { Route } from '../route.ts';
import { keyOf } from './check-route.ts';
import { readBody } from './read-body.ts';
import { isList, schemaWords } from './schema-words.ts';

export interface Values {
  params: unknown;
  query: unknown;
  body: unknown;
}

// A body of many wrong values is told as one of some.
const mostProblems = 50;

/**
 * The values of a call, as its route's schemas give them; `words` are those of its path, still encoded.
 * Throws DS_API_INVALID with every problem there is, DS_API_NOT_JSON and DS_API_BODY_CUT.
 */
export async function readValues(
  route: Route,
  request: Request,
  words: Readonly<Record<string, string>>,
): Promise<Values> {
  const problems: ValueProblem[] = [];
  const check = async (at: string, schema: z.ZodType | undefined, value: unknown) => {
    if (!schema) return undefined;
    const parsed = await schema.safeParseAsync(value);
    if (parsed.success) return parsed.data;
    problems.push(...parsed.error.issues.flatMap((issue) => problemsOf(issue, at)));
    return undefined;
  };
  const body = await readBody(route, request);
  if (body.problem) problems.push(body.problem);
  const values = {
    params: await check('path', route.params, decodeWords(words, problems)),
    query: await check('query', route.query, readQuery(route, request, problems)),
    body: body.problem ? undefined : await check('body', route.body, body.value),
  };
  if (problems.length === 0) return values;
  throw apiErrors.create('DS_API_INVALID', {
    key: keyOf(route),
    problems: problems.slice(0, mostProblems),
  });
}

function decodeWords(
  words: Readonly<Record<string, string>>,
  problems: ValueProblem[],
): Readonly<Record<string, string>> {
  const decoded = Object.entries(words).map(([word, text]): [string, string] => {
    try {
      return [word, decodeURIComponent(text)];
    } catch {
      problems.push({ path: `path.${word}`, expected: 'expected UTF-8, percent-encoded' });
      return [word, text];
    }
  });
  return Object.fromEntries(decoded);
}

function readQuery(
  route: Route,
  request: Request,
  problems: ValueProblem[],
): Readonly<Record<string, unknown>> {
  const known = schemaWords(route.query) ?? new Map<string, z.ZodType>();
  const { searchParams } = new URL(request.url);
  const given = [...new Set(searchParams.keys())];
  for (const word of given.filter((one) => !known.has(one))) {
    const expected = `there is no such word.${didYouMean(word, known.keys())}`;
    problems.push({ path: `query.${cut(word)}`, expected });
  }
  const values = given.flatMap((word): [string, unknown][] => {
    const schema = known.get(word);
    if (!schema) return [];
    const all = searchParams.getAll(word);
    // One that stands there twice, and may not, is refused by its schema: it is given a list.
    return [[word, isList(schema) || all.length > 1 ? all : all[0]]];
  });
  return Object.fromEntries(values);
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, at: string): ValueProblem[] {
  const path = [at, ...issue.path].map((part) => cut(String(part))).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: `${path}.${cut(key)}`,
      expected: 'there is no such field',
    }));
  }
  return [{ path, expected: wordsOf(issue) }];
}

function wordsOf(issue: Issue): string {
  const choices =
    issue.code === 'invalid_union' ? issue.errors.flatMap(([first]) => first ?? []) : [];
  const texts = choices.length > 0 ? choices.map(({ message }) => message) : [issue.message];
  return [...new Set(texts)].map((text) => text.replace(/^Invalid input: /, '')).join(', or ');
}

const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
