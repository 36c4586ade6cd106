import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { globalFlags } from '../../core/cli/parse-globals.ts';
import { builtInTasks } from '../../core/tasks/built-in.ts';
import { flagOf } from '../../core/tasks/flag-of.ts';
import { isTask } from '../../core/tasks/define-task.ts';
import type { AnyTaskSpec } from '../../core/task-spec.ts';
import { errorAreas } from '../../docs/generate-errors.ts';
import { listFiles } from '../architecture/read-sources.ts';

const sources = listFiles('core', 'plugins', 'tasks')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const documented = errorAreas.flatMap(({ entries }) => Object.keys(entries));
const hints = errorAreas.flatMap(({ entries, examples }) =>
  Object.entries(entries).map(([code, { hint }]) => ({
    code,
    hint: (hint as (facts: unknown) => string)(examples[code]),
  })),
);

test('every catalogue is in docs/errors.md, and no code is in two', async () => {
  const catalogues = sources.filter(({ text }) => /^export const \w+ = defineErrors\(/m.test(text));
  const codes = await Promise.all(
    catalogues.map(async ({ path }) => {
      const module = (await import(/* @vite-ignore */ `../../${path}`)) as Record<string, unknown>;
      return Object.values(module).flatMap((value) =>
        typeof value === 'object' && value !== null && 'entries' in value
          ? Object.keys(value.entries as object)
          : [],
      );
    }),
  );
  const all = codes.flat();
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter((code, index) => all.indexOf(code) !== index)).toEqual([]);
  expect(documented.toSorted()).toEqual(all.toSorted());
});

test('every code that is thrown is in a catalogue, and every code of a catalogue is thrown', () => {
  const used = new Set(sources.flatMap(({ text }) => codesIn(text)));
  expect([...used].filter((code) => !documented.includes(code))).toEqual([]);
  expect(documented.filter((code) => !used.has(code))).toEqual([]);
});

test('no comment and no page names a code that does not exist', () => {
  const pages = listFiles('README.md', 'docs', 'plugins').filter((path) => path.endsWith('.md'));
  const texts = [...sources, ...pages.map((path) => ({ path, text: readFileSync(path, 'utf8') }))];
  // A mailbox is what examples in comments are about.
  const unknown = texts.flatMap(({ path, text }) =>
    [...text.matchAll(/\bDS_[A-Z][A-Z_]*[A-Z]\b/g)]
      .map(([code]) => code)
      .filter((code) => !documented.includes(code) && !code.startsWith('DS_MAIL'))
      .filter((code) => code !== 'DS_AREA_PROBLEM')
      .map((code) => `${path}: ${code}`),
  );
  expect(unknown).toEqual([]);
});

test('a hint names only tasks and flags that there are', async () => {
  const tasks = await Promise.all(Object.values(builtInTasks).map((load) => load()));
  const flags = new Set([
    ...Object.keys(globalFlags).map(flagOf),
    ...tasks.flatMap(({ default: task }) => (isTask(task) ? argumentsOf(task) : []).map(flagOf)),
  ]);
  const wrong = hints.flatMap(({ code, hint }) => [
    ...[...hint.matchAll(/`devservices ([a-z-]+)/g)]
      .filter(([, name = '']) => !name.startsWith('-') && !Object.hasOwn(builtInTasks, name))
      .map(([shown]) => `${code}: ${shown}\``),
    ...[...withoutOthers(hint).matchAll(/(?<![\w-])--[a-z][a-z-]*/g)]
      .filter(([flag]) => !flags.has(flag))
      .map(([flag]) => `${code}: ${flag}`),
  ]);
  expect(wrong).toEqual([]);
});

function argumentsOf({ args, commands = {} }: AnyTaskSpec): string[] {
  const takers = [{ args }, ...(Object.values(commands) as { args?: object }[])];
  return takers.flatMap((taker) => Object.keys(taker.args ?? {}));
}

// What other programs take is theirs.
function withoutOthers(hint: string): string {
  return hint.replaceAll(/\b(?:npm install|useradd)(?: [-\w@./]+)+/g, '');
}

function codesIn(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  return [...code.matchAll(/'(DS_[A-Z_]+[A-Z])'/g)].map(([, found = '']) => found);
}
