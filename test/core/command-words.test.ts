import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCommand } from '../../core/command-words.ts';

describe('splitting a command', () => {
  test.each<[string, string[]]>([
    [
      'redis-server --save "" --appendonly no',
      ['redis-server', '--save', '', '--appendonly', 'no'],
    ],
    [`sh -c 'echo "$HOME"; exit 1'`, ['sh', '-c', 'echo "$HOME"; exit 1']],
    [String.raw`a\ b "c\"d" 'e\f' "g\h"`, ['a b', 'c"d', String.raw`e\f`, String.raw`g\h`]],
    ['one"two"\'three\'', ['onetwothree']],
    ['a \\\n b', ['a', 'b']],
    ['  \t\n ', []],
    ['', []],
  ])('%j', (text, args) => expect(splitCommand(text)).toEqual(args));

  test.each(['"open', "it's", 'end\\'])('%j has no end', (text) => {
    expect(splitCommand(text)).toBeUndefined();
  });

  test('what a shell quotes comes back as it was', () => {
    const quote = (arg: string) => `'${arg.replaceAll("'", `'\\''`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (args) => {
        expect(splitCommand(args.map(quote).join(' '))).toEqual(args);
      }),
      { seed: 44 },
    );
  });

  test('agrees with a real shell on quotes and backslashes', () => {
    const piece = fc.constantFrom('a', ' ', '"', "'", '\\', 'b');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const args = splitCommand(text);
        if (args === undefined) return;
        const script = `for one in ${text}\ndo printf '<%s>' "$one"\ndone`;
        const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
        expect(said).toBe(args.map((arg) => `<${arg}>`).join(''));
      }),
      { seed: 43, numRuns: 60 },
    );
  });
});
