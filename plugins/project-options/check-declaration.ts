import { checkValue } from './check-value.ts';
import type { DeclaredOption, Sensitivity } from './contract.ts';
import { findJsonProblem } from './json-problem.ts';

/** An option as it was declared and found to be in order. */
export interface KnownOption extends DeclaredOption {
  readonly sensitivity: Sensitivity;
  /** What counts where nothing is stored: frozen, as all projects share it. Undefined: nothing does. */
  readonly effectiveDefault: unknown;
}

const sensitivities: readonly unknown[] = ['public', 'internal', 'secret'] satisfies Sensitivity[];
const keyPattern = /^[A-Za-z][A-Za-z0-9_:-]*(?:\.[A-Za-z0-9_:-]+)*$/;
const longestKey = 128;

/** The option with what is left out filled in, or why it cannot be declared. */
export function checkDeclaration(option: DeclaredOption): KnownOption | { problem: string } {
  const { key, description, schema, sensitivity = 'internal' } = option;
  if (typeof key !== 'string' || !keyPattern.test(key) || key.length > longestKey) {
    return {
      problem: `a key is words of letters, digits and _:- with dots between them, begins with a letter and has at most ${longestKey} characters`,
    };
  }
  if (!isSchema(schema)) return { problem: 'its schema is no schema of zod 4' };
  if (!sensitivities.includes(sensitivity)) {
    return { problem: 'its sensitivity is none of public, internal and secret' };
  }
  const known = { key, description, schema, default: option.default, sensitivity };
  if (option.default === undefined && !['default', 'prefault'].includes(schema.def.type)) {
    return { ...known, effectiveDefault: undefined };
  }
  const problem = option.default === undefined ? undefined : findJsonProblem(option.default);
  const checked = problem === undefined ? checkValue(known, option.default) : { problem };
  if ('problem' in checked) return { problem: `its default is refused: ${checked.problem}` };
  // A default of the declarer's own must not change under them, nor with them.
  return { ...known, effectiveDefault: freeze(structuredClone(checked.value)) };
}

/** Whether two declarations of a key say the same. */
export function isSameDeclaration(one: KnownOption, other: KnownOption): boolean {
  const isSameDefault = JSON.stringify(one.default) === JSON.stringify(other.default);
  return one.schema === other.schema && one.sensitivity === other.sensitivity && isSameDefault;
}

function isSchema(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return '_zod' in schema && 'safeParse' in schema && typeof schema.safeParse === 'function';
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
