import type { DeclaredOption } from './contract.ts';
import { findJsonProblem } from './json-problem.ts';

/** What counts of a value, or why its option does not take it. */
export type Checked =
  | { value: unknown }
  /** `isSchemaAtFault`: it could not even check. */
  | { problem: string; isSchemaAtFault: boolean };

/** Checks JSON against an option's schema. What it says of a secret has nothing of the value in it. */
export function checkValue(
  { schema, sensitivity }: Pick<DeclaredOption, 'schema' | 'sensitivity'>,
  given: unknown,
): Checked {
  const isSecret = sensitivity === 'secret';
  let parsed: ReturnType<typeof schema.safeParse>;
  try {
    parsed = schema.safeParse(given);
  } catch (thrown) {
    return { problem: explain(thrown, isSecret), isSchemaAtFault: true };
  }
  if (!parsed.success) {
    // Names of members and a schema's own words may have some of the value in them.
    const problem = isSecret ? 'its schema does not take it' : listIssues(parsed.error.issues);
    return { problem, isSchemaAtFault: false };
  }
  const { data: value } = parsed;
  const problem = value === given ? undefined : findJsonProblem(value);
  if (problem === undefined) return { value };
  return { problem: `what its schema makes of it is no JSON (${problem})`, isSchemaAtFault: true };
}

function explain(thrown: unknown, isSecret: boolean): string {
  // zod's own class, of whichever copy of zod made the schema.
  const isAsync = thrown instanceof Error && /promise/i.test(thrown.message + thrown.name);
  if (isAsync) return 'it is asynchronous';
  const reason = thrown instanceof Error ? thrown.message || thrown.name : typeof thrown;
  return isSecret ? 'it threw' : `it threw: ${reason}`;
}

type Issues = readonly { path: readonly PropertyKey[]; message: string }[];

function listIssues(issues: Issues): string {
  const shown = issues.slice(0, 3).map(({ path, message }) => {
    const where = path.map(String).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  return [...shown, ...(issues.length > 3 ? [`${issues.length - 3} more`] : [])].join('; ');
}
