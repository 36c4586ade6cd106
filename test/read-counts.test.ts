import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCounts } from './read-counts.ts';
import { createTempFolder } from './rig/state/temp-folder.ts';

const passed = { status: 'passed', title: 'a', fullName: 'x a', failureMessages: [] };

function readReport(testResults: readonly unknown[]) {
  const file = join(createTempFolder(), 'report.json');
  writeFileSync(file, JSON.stringify({ testResults }));
  return readCounts(file);
}

test('what failed is named with why, and what passed at the second try is not hidden', () => {
  const why = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
  const counts = readReport([
    {
      name: join(process.cwd(), 'test/x.test.ts'),
      status: 'failed',
      assertionResults: [
        passed,
        { ...passed, fullName: 'x b', failureMessages: ['AssertionError: 1'] },
        { ...passed, status: 'failed', fullName: 'x c', failureMessages: [why] },
      ],
    },
  ]);
  expect(counts).toMatchObject({ passed: 2, failed: 1, retried: ['x b'] });
  expect(counts.failures).toHaveLength(1);
  expect(counts.failures[0]).toMatch(/^test\/x\.test\.ts: x c\n {2}line 0\n/);
  expect(counts.failures[0]).not.toContain('line 20');
});

test('a file that could not be run counts as one that failed', () => {
  const file = { name: '/x.test.ts', status: 'failed', message: 'no such module' };
  const counts = readReport([{ ...file, assertionResults: [] }]);
  expect(counts).toMatchObject({ passed: 0, failed: 1, skipped: [] });
  expect(counts.failures[0]).toContain('no such module');
});
