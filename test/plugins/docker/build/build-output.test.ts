import { expect, test } from 'vitest';
import { createBuildOutput } from '../../../../plugins/docker/build/build-output.ts';

const plain = (text: string) => text;

test.each([
  ['#7 [api base 2/5] RUN npm ci', '[api base 2/5] RUN npm ci'],
  ['#8 exporting to image', 'exporting to image'],
  ['Step 2/5 : RUN npm ci', '[2/5] RUN npm ci'],
  ['#2 [internal] load .dockerignore', undefined],
  ['#7 0.412 npm warn', undefined],
  ['#7 DONE 0.1s', undefined],
])('%s', (line, step) => {
  expect(createBuildOutput(plain).add(line)).toBe(step);
});

test('keeps the last thirty lines that say something', () => {
  const output = createBuildOutput(plain);
  for (let line = 1; line <= 40; line += 1) {
    output.add(`line ${line}`);
    output.add('   ');
  }
  expect(output.tail()).toHaveLength(30);
  expect(output.tail().at(0)).toBe('line 11');
  expect(output.tail().at(-1)).toBe('line 40');
});

test.each([
  [
    ['#5 ERROR: x', '------', 'ERROR: failed to solve: exit code: 3'],
    'failed to solve: exit code: 3',
  ],
  [
    ["The command '/bin/sh -c false' returned a non-zero code: 1"],
    "The command '/bin/sh -c false' returned a non-zero code: 1",
  ],
  [['something', 'else'], 'else'],
  [[], 'it said nothing'],
])('the reason of %j', (lines, reason) => {
  const output = createBuildOutput(plain);
  for (const line of lines) output.add(line);
  expect(output.reason()).toBe(reason);
});

test('what is masked is nowhere', () => {
  const output = createBuildOutput((text) => text.replaceAll('hunter2', '[redacted]'));
  expect(output.add('#7 [2/2] RUN echo hunter2')).toBe('[2/2] RUN echo [redacted]');
  output.add('error: hunter2 was refused');
  expect(output.tail().join('\n')).not.toContain('hunter2');
  expect(output.reason()).toBe('[redacted] was refused');
});
