import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm } from '../../../core/cli/confirm.ts';
import { thrownBy } from '../../rig/kernel.ts';

function createTerminal(isTTY = true) {
  const stream = () => Object.assign(new PassThrough(), { isTTY });
  const [input, output] = [stream(), stream()];
  return {
    input,
    output,
    streams: {
      input: input as unknown as NodeJS.ReadStream,
      output: output as unknown as NodeJS.WriteStream,
    },
  };
}

const question = { task: 'reset', question: 'Remove all of this for good?' };

test.each([
  ['y\n', true],
  ['YES\n', true],
  [' yes \n', true],
  ['\n', false],
  ['n\n', false],
  ['yesterday\n', false],
])('%j agrees: %s', async (typed, isAgreed) => {
  const { input, output, streams } = createTerminal();
  const answer = confirm({ ...question, ...streams });
  input.write(typed);
  expect(await answer).toBe(isAgreed);
  expect(String(output.read())).toBe('Remove all of this for good? [y/N] ');
});

test('the end of input does not agree', async () => {
  const { input, streams } = createTerminal();
  const answer = confirm({ ...question, ...streams });
  input.end();
  expect(await answer).toBe(false);
});

test('an interruption ends the question', async () => {
  const interruption = new AbortController();
  const { streams } = createTerminal();
  const answer = confirm({ ...question, ...streams, signal: interruption.signal });
  interruption.abort(new Error('stopped'));
  expect(await thrownBy(answer)).toMatchObject({ name: 'AbortError' });
});

test('without a terminal nobody can be asked; --yes needs none', async () => {
  const { streams, output } = createTerminal(false);
  expect(await thrownBy(confirm({ ...question, ...streams }))).toMatchObject({
    code: 'DS_TASK_NEEDS_YES',
    blame: 'user',
  });
  expect(await confirm({ ...question, ...streams, isAgreed: true })).toBe(true);
  expect(output.read()).toBeNull();
});
