import { readFileSync } from 'node:fs';
import { parse } from '@babel/parser';

const source = readFileSync(new URL('client.ts', import.meta.url), 'utf8');

interface Node {
  type: string;
  start: number;
  end: number;
}

interface Property extends Node {
  key: { value?: string };
  value: { body?: { body?: Node[] } };
}

let statements: ReadonlyMap<string, string> | undefined;

/** The statements of a route's example as they are written, without what they return to the test. */
export function clientExample(key: string): string | undefined {
  statements ??= readStatements();
  return statements.get(key);
}

function readStatements(): Map<string, string> {
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript'] });
  const found = new Map<string, string>();
  for (const { key, value } of propertiesIn(program.body)) {
    const shown = (value.body?.body ?? []).filter(({ type }) => type !== 'ReturnStatement');
    const [first] = shown;
    const last = shown.at(-1);
    if (key.value === undefined || !first || !last) continue;
    const text = source.slice(first.start, last.end).replaceAll('\n    ', '\n');
    found.set(key.value, text);
  }
  return found;
}

function propertiesIn(value: unknown): Property[] {
  if (Array.isArray(value)) return value.flatMap(propertiesIn);
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Node & { value?: { type?: string } };
  if (node.type === 'ObjectProperty' && node.value?.type === 'ArrowFunctionExpression') {
    return [node as Property];
  }
  return Object.values(value).flatMap(propertiesIn);
}
