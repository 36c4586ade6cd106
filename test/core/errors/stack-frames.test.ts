import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { DevServicesError, type Blame } from '../../../core/errors/error.ts';
import { reportError } from '../../../core/errors/report-error.ts';
import { stackFrames } from '../../../core/errors/stack-frames.ts';

const root = join(import.meta.dirname, '../../..');

function withStack(...lines: readonly string[]): Error {
  return Object.assign(new Error('x'), {
    stack: ['Error: x', ...lines.map((line) => `    at ${line}`)].join('\n'),
  });
}

const shown: readonly (readonly [line: string, frame: string | undefined])[] = [
  [`run (${root}/core/lifecycle/up.ts:12:3)`, 'core/lifecycle/up.ts:12:3 run'],
  [`${root}/core/lifecycle/up.ts:12:3`, 'core/lifecycle/up.ts:12:3'],
  [`async Host.up (file://${root}/core/host.ts?v=1:7:9)`, 'core/host.ts:7:9 Host.up'],
  [`new Box (${root}/core/box.ts:1:1)`, 'core/box.ts:1:1 Box'],
  [`Object.go [as run] (${root}/core/box.ts:1:1)`, 'core/box.ts:1:1 Object.go'],
  [`async Promise.all (index 0)`, undefined],
  [`node:internal/process/task_queues:95:5`, undefined],
  [`run (node:fs:1:2)`, undefined],
  [`f (/srv/secret-client/app.ts:3:4)`, undefined],
  [`f (/srv/x/node_modules/pino/lib/a.js:3:4)`, 'node_modules/pino/lib/a.js:3:4 f'],
  [`Object.pass word=hunter2 (${root}/core/box.ts:1:1)`, 'core/box.ts:1:1'],
  [`Object./srv/secret (${root}/core/box.ts:1:1)`, 'core/box.ts:1:1'],
  [`eval at f (/srv/secret/a.js:1:1), <anonymous>:1:1`, undefined],
];
for (const [line, frame] of shown) {
  test(`a line of a stack is told as ${frame ?? 'nothing'}: ${line.replace(root, '')}`, () => {
    expect(stackFrames(withStack(line))).toEqual(frame === undefined ? [] : [frame]);
  });
}

test('what was caught first says where it happened', () => {
  const inner = withStack(`f (${root}/core/inner.ts:1:1)`);
  const outer = Object.assign(withStack(`g (${root}/core/outer.ts:2:2)`), { cause: inner });
  expect(stackFrames(outer)).toEqual(['core/inner.ts:1:1 f']);
  expect(stackFrames('no error')).toEqual([]);
});

test('a module that runs as its transform is told by its source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'frames-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'a.mjs');
  const sources = [pathToFileURL(join(root, 'devservices.config.ts')).href];
  // Line 1, column 0 stands for line 1, column 0 of the first source.
  const map = { version: 3, sources, names: [], mappings: 'AAAA' };
  writeFileSync(`${file}.map`, JSON.stringify(map));
  expect(stackFrames(withStack(`f (${file}:1:1)`))).toEqual(['devservices.config.ts:1:1 f']);
});

const blames: readonly Blame[] = ['outcome', 'user', 'environment', 'plugin', 'bug'];

test('only what is to be mended in code says where', () => {
  const reports = blames.map((blame) =>
    reportError(
      new DevServicesError({
        code: 'DS_TEST_ONE',
        blame,
        message: 'm',
        hint: 'h',
        facts: { plugin: 'mail' },
      }),
    ),
  );
  const told = reports.filter(({ frames }) => frames !== undefined);
  expect(told.map(({ blame }) => blame)).toEqual(['plugin', 'bug']);
  expect(told.map(({ plugin }) => plugin)).toEqual(['mail', 'mail']);
  const frames = told.flatMap((report) => report.frames ?? []);
  expect(frames[0]).toMatch(/^test\/core\/errors\/stack-frames\.test\.ts:\d+:\d+/);
  expect(frames.filter((frame) => frame.startsWith('/'))).toEqual([]);
  expect(frames.join()).not.toContain(userInfo().homedir);
});
