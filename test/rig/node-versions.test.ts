import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { nodeBinary } from './node-versions.ts';

test.each([20, 22, 24] as const)(
  'node %i runs and is the major asked for',
  async (major) => {
    const binary = await nodeBinary(major);
    const version = execFileSync(binary, ['--print', 'process.versions.node'], {
      encoding: 'utf8',
    });
    expect(Number(version.split('.')[0])).toBe(major);
  },
  120_000,
);

test('callers at the same time get the same binary', async () => {
  const [first, second] = await Promise.all([nodeBinary(22), nodeBinary(22)]);
  expect(first).toBe(second);
}, 120_000);
