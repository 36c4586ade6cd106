import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { agree } from '../../../core/cli/agree.ts';
import { thrownBy } from '../../rig/kernel.ts';

function answer(typed: string): Promise<void> {
  const stream = () => Object.assign(new PassThrough(), { isTTY: true }) as unknown;
  const input = stream() as NodeJS.ReadStream & PassThrough;
  const output = stream() as NodeJS.WriteStream;
  const asked = agree({ task: 'reset', question: 'Remove all of it?', input, output });
  input.write(typed);
  return asked;
}

test('goes on where that is agreed to, and is declined otherwise, exit status 1', async () => {
  await expect(answer('y\n')).resolves.toBeUndefined();
  expect(await thrownBy(answer('n\n'))).toMatchObject({
    code: 'DS_TASK_DECLINED',
    blame: 'outcome',
    message: 'reset was declined: nothing was changed.',
  });
});
