import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { taskVariables } from '../rig/live-task.ts';

describe('what services export, taken in by others', () => {
  const checkout = createCheckout(null);
  const configure = (exports: Readonly<Record<string, string>>) =>
    checkout.write({
      'devservices.config.json': JSON.stringify({
        services: { a: { run: { kind: 'container', image: 'x' }, exports } },
      }),
    });
  afterAll(() => checkout[Symbol.asyncDispose]());

  // Braces are templates.
  const character = fc.oneof(
    fc.constantFrom("'", '"', '\\', '$', '`', '\n', '\r', '\t', ' ', '!', '#', ';', '*', 'é', '😀'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
  );
  const value = fc
    .array(character, { maxLength: 20 })
    .map((parts) => parts.join('').replaceAll(/[{}\0]/g, ''));
  const [values] = fc.sample(fc.array(value, { minLength: 60, maxLength: 60 }), {
    seed: 7,
    numRuns: 1,
  }) as [string[]];
  const variables = Object.fromEntries(
    [...values, '', ' ', "'", "''", '$(touch ran)', '`touch ran`', 'a\n\n', '-n', '\\'].map(
      (text, index) => [`NAME_${index}`, text],
    ),
  );
  const names = Object.keys(variables).join(' ');

  test.each(['sh', 'bash'])(
    '`eval "$(devservices env)"` in %s gives every value as it is, and runs nothing',
    async (shell) => {
      configure(variables);
      const script = `eval "$("$NODE" --import "$TSX" "$TASKS/env.ts")"
      for name in ${names}; do eval "printf '%s\\0' \\"\\$$name\\""; done; test ! -e ran`;
      const { exitCode, stdout, stderr } = await checkout.run([shell, '-c', script], {
        env: taskVariables,
      });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout.split('\0').slice(0, -1)).toEqual(Object.values(variables));
    },
  );

  test('`node --env-file` reads every value that it can have as it is, and no other is passed off', async () => {
    configure({ ...variables, NAME_WITH_ALL: `'"\`\\n$(touch ran)` });
    const { stdout, stderr } = await checkout.task('env', ['--format', 'dotenv']);
    const others = /differ on ([^:]*): written as Compose/.exec(stderr)?.[1]?.split(', ') ?? [];
    const file = join(checkout.root, '.env');
    writeFileSync(file, stdout);
    const shown = 'console.log(JSON.stringify(process.env))';
    const read = execFileSync(process.execPath, [`--env-file=${file}`, '-e', shown], { env: {} });
    const expected = Object.entries(variables).filter(([name]) => !others.includes(name));
    expect(expected.length).toBeGreaterThan(Object.keys(variables).length / 2);
    expect(JSON.parse(read.toString())).toMatchObject(Object.fromEntries(expected));
    expect(others).toContain('NAME_WITH_ALL');
    expect(checkout.list()).not.toContain('ran');
  });
});
