import { describe, expect, test } from 'vitest';
import { parseEnvFile } from '../../../../plugins/docker/fields/parse-env-file.ts';

describe('files of variables', () => {
  test('plain, exported, quoted, commented, empty and over several lines', () => {
    const text = [
      '\uFEFF# a comment',
      'PLAIN=two words  # said here',
      'HASH=a#b',
      'export EXPORTED=yes',
      '  SPACED = x ',
      'EMPTY=',
      '',
      String.raw`DOUBLE="a\nb # no \"q\" $X" # comment`,
      String.raw`SINGLE='a\nb "q" $X'`,
      'URL=postgres://u:p@h/d?x=1',
      'MULTI="one',
      'two"',
      'DOLLAR=pa$$word\r',
      'LAST=1',
    ].join('\n');
    expect(parseEnvFile(text)).toEqual({
      variables: {
        PLAIN: 'two words',
        HASH: 'a#b',
        EXPORTED: 'yes',
        SPACED: 'x',
        EMPTY: '',
        DOUBLE: 'a\nb # no "q" $X',
        SINGLE: String.raw`a\nb "q" $X`,
        URL: 'postgres://u:p@h/d?x=1',
        MULTI: 'one\ntwo',
        DOLLAR: 'pa$$word',
        LAST: '1',
      },
    });
  });

  test.each([
    ['A=1\nNOTHING\nB=2', 2],
    ['A=1\n\n# x\nBAD NAME=1', 4],
    ['A="open\nB=2\n', 1],
    ['A="x" y', 1],
    ['=1', 1],
  ])('%j names its line', (text, line) => expect(parseEnvFile(text)).toEqual({ line }));

  test('nothing is no problem', () => expect(parseEnvFile('')).toEqual({ variables: {} }));
});
