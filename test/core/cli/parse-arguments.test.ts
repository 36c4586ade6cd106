import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { parseArguments } from '../../../core/cli/parse-arguments.ts';
import { parseGlobals } from '../../../core/cli/parse-globals.ts';
import { isDevServicesError } from '../../../core/errors/error.ts';
import { flagOf } from '../../../core/tasks/flag-of.ts';
import type { ArgumentsOf, ArgumentSpec } from '../../../core/task-spec.ts';
import { thrownBy } from '../../rig/kernel.ts';

const spec = {
  services: { kind: 'positional', many: true, description: '' },
  exclude: { kind: 'option', value: 'NAME', many: true, description: '' },
  pull: { kind: 'option', value: 'WHEN', choices: ['missing', 'always'], description: '' },
  waitTimeout: { kind: 'option', value: 'SECONDS', number: true, description: '' },
  noDeps: { kind: 'flag', description: '' },
  recreate: { kind: 'flag', description: '' },
} as const satisfies ArgumentSpec;

const parse = (...argv: string[]) => parseArguments('up', spec, argv);
/** In a word: that every argument has a value, or which error names what is wrong. */
async function outcomeOf(argv: readonly string[]): Promise<string> {
  try {
    const keys = Object.keys(await parse(...argv)).toSorted();
    return keys.join() === Object.keys(spec).toSorted().join() ? 'all arguments' : keys.join();
  } catch (thrown) {
    if (!isDevServicesError(thrown)) throw thrown;
    return `${thrown.blame} ${thrown.code}`;
  }
}

const nothing = {
  services: [],
  exclude: [],
  pull: undefined,
  waitTimeout: undefined,
  noDeps: false,
  recreate: false,
};

describe('arguments of a task', () => {
  test('each kind is parsed, in any order; an option takes one value and no more', async () => {
    expect(await parse()).toEqual(nothing);
    expect(
      await parse('redis', '--exclude', 'a', 'db', '--exclude=b', '--no-deps', '--pull=always'),
    ).toEqual({
      ...nothing,
      services: ['redis', 'db'],
      exclude: ['a', 'b'],
      noDeps: true,
      pull: 'always',
    });
    expect(await parse('--wait-timeout', '1.5')).toEqual({ ...nothing, waitTimeout: 1.5 });
    expect(await parse('--', '--pull')).toEqual({ ...nothing, services: ['--pull'] });
  });

  test('the rest behind -- is left as it is', async () => {
    const rest = {
      command: { kind: 'rest', description: '' },
      user: { kind: 'flag', description: '' },
    } as const;
    expect(await parseArguments('run', rest, ['--user', '--', 'a', '--user', '--'])).toEqual({
      user: true,
      command: ['a', '--user', '--'],
    });
  });

  test('required ones are asked for by name', async () => {
    const required = {
      service: { kind: 'positional', required: true, description: '' },
      command: { kind: 'rest', required: true, description: '' },
    } as const;
    expect((await thrownBy(parseArguments('exec', required, []))).message).toContain('SERVICE');
    expect((await thrownBy(parseArguments('exec', required, ['a', '--']))).message).toContain('--');
    expect(await parseArguments('exec', required, ['a', '--', 'b'])).toEqual({
      service: 'a',
      command: ['b'],
    });
  });

  test.each([
    [['--recraete'], 'DS_ARGUMENT_UNKNOWN', 'Did you mean "--recreate"?'],
    [['-x'], 'DS_ARGUMENT_UNKNOWN', '-x'],
    [['--deps'], 'DS_ARGUMENT_UNKNOWN', '--deps'],
    [['--exclude'], 'DS_ARGUMENT_MISSING', '--exclude (NAME)'],
    [['--exclude', '--recreate'], 'DS_ARGUMENT_MISSING', '--exclude'],
    [['--pull', 'never'], 'DS_ARGUMENT_INVALID', 'missing or always'],
    [['--wait-timeout', '10s'], 'DS_ARGUMENT_INVALID', '--wait-timeout takes a number'],
    [['--wait-timeout', '-1'], 'DS_ARGUMENT_INVALID', '-1'],
    [['--wait-timeout', '9'.repeat(400)], 'DS_ARGUMENT_INVALID', '--wait-timeout'],
    [['--recreate=yes'], 'DS_ARGUMENT_INVALID', '--recreate takes no value'],
    [['--recreate='], 'DS_ARGUMENT_INVALID', '--recreate takes no value'],
    [['-xyz'], 'DS_ARGUMENT_UNKNOWN', '-xyz'],
  ])('%j is refused with %s', async (argv, code, words) => {
    const thrown = await thrownBy(parse(...argv));
    expect(thrown).toMatchObject({ code, blame: 'user' });
    expect(thrown.message).toContain(words);
  });

  test('an option that has to be given is asked for, with its value', async () => {
    const required = { ...spec, exclude: { ...spec.exclude, required: true } } as const;
    for (const argv of [[], ['--recreate']]) {
      const thrown = await thrownBy(parseArguments('up', required, argv));
      expect(thrown).toMatchObject({
        code: 'DS_ARGUMENT_MISSING',
        message: 'up needs --exclude NAME.',
      });
    }
    expect(await parseArguments('up', required, ['--exclude', 'a'])).toMatchObject({
      exclude: ['a'],
    });
  });

  test('a flag and its opposite are not taken together', async () => {
    const flag = { kind: 'flag', description: '' } as const;
    const both = { deps: flag, noDeps: { ...flag, opposite: 'deps' } } as const;
    const thrown = await thrownBy(parseArguments('up', both, ['--no-deps', '--deps']));
    expect(thrown).toMatchObject({ code: 'DS_ARGUMENT_CONFLICT', blame: 'user' });
    expect(thrown.message).toContain('--deps and --no-deps can not be given together');
    expect(await parseArguments('up', both, ['--no-deps'])).toEqual({ deps: false, noDeps: true });
  });

  test('one positional too many is named', async () => {
    const one = { path: { kind: 'positional', description: '' } } as const;
    const thrown = await thrownBy(parseArguments('config', one, ['a', 'b']));
    expect(thrown).toMatchObject({ code: 'DS_ARGUMENT_UNEXPECTED' });
    expect(thrown.message).toContain('"b"');
  });

  test('whatever is typed: arguments, or an error that names what is wrong', async () => {
    const flags = Object.keys(spec).flatMap((key) => [
      flagOf(key),
      `${flagOf(key)}=x`,
      `${flagOf(key)}=`,
    ]);
    const token = fc.oneof(
      fc.string(),
      fc.constantFrom('--', '-', '--=', '-1', '--__proto__', '--constructor=1', ...flags),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(token), async (argv) => {
        expect(await outcomeOf(argv)).toMatch(/^(all arguments|user DS_ARGUMENT_\w+)$/);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  test('types follow the spec', () => {
    expectTypeOf<ArgumentsOf<typeof spec>>().toEqualTypeOf<{
      readonly services: readonly string[];
      readonly exclude: readonly string[];
      readonly pull: 'missing' | 'always' | undefined;
      readonly waitTimeout: number | undefined;
      readonly noDeps: boolean;
      readonly recreate: boolean;
    }>();
  });
});

describe('flags of every task', () => {
  test('they are found before and behind the task’s name, and not behind --', () => {
    expect(
      parseGlobals([
        '--json',
        'up',
        '--project',
        'shop',
        'db',
        '--set=a=1',
        '--set',
        'b=2=3',
        '--',
        '--quiet',
      ]),
    ).toMatchObject({
      task: 'up',
      rest: ['db', '--', '--quiet'],
      globals: { json: true, quiet: false, project: 'shop', set: ['a=1', 'b=2=3'] },
    });
    expect(parseGlobals(['db', '--no-color'], 'up')).toMatchObject({ task: 'up', rest: ['db'] });
    expect(parseGlobals(['-h']).globals.help).toBe(true);
  });

  test.each([
    [['--jsn'], 'DS_ARGUMENT_UNKNOWN', '"--json"'],
    [['up', '--config'], 'DS_ARGUMENT_MISSING', '--config (FILE)'],
    [['up', '--config='], 'DS_ARGUMENT_MISSING', '--config'],
    [['up', '--project', '--json'], 'DS_ARGUMENT_MISSING', '--project'],
    [['up', '--set', 'novalue'], 'DS_ARGUMENT_INVALID', 'PATH=VALUE'],
  ])('%j is refused with %s', async (argv, code, words) => {
    const thrown = await thrownBy(Promise.resolve().then(() => parseGlobals(argv)));
    expect(thrown).toMatchObject({ code, blame: 'user' });
    expect(thrown.message).toContain(words);
  });

  test('nothing is lost: what is no flag of ours is left for the task, in order', () => {
    const own = fc.stringMatching(/^(--own[a-z]*|[a-z]+)$/);
    const ours = fc.constantFrom(['--json'], ['--quiet'], ['--config', 'x'], ['--set=a=b']);
    const parts = fc.array(
      fc.oneof(
        own.map((text) => [text]),
        ours,
      ),
    );
    fc.assert(
      fc.property(parts, (given) => {
        const rest = given
          .filter(([first = '']) => !/^--(json|quiet|config|set)/.test(first))
          .flat();
        expect(parseGlobals(given.flat(), 'up').rest).toEqual(rest);
      }),
    );
  });
});
