import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatPath,
  parseAssignment,
  parsePath,
  parseValue,
} from '../../../core/config/value-path.ts';
import { errorOf } from './config-repo.ts';

describe('parsePath', () => {
  it.each([
    ['', []],
    ['project', ['project']],
    ['services.redis.run.docker.image', ['services', 'redis', 'run', 'docker', 'image']],
    [
      String.raw`services.a.run.docker.labels.com\.example\.x`,
      ['services', 'a', 'run', 'docker', 'labels', 'com.example.x'],
    ],
    [String.raw`a\\b.c\=d`, [String.raw`a\b`, 'c=d']],
    [String.raw`a\b`, [String.raw`a\b`]],
    ['a..b', ['a', '', 'b']],
    ['options.log.level', ['options', 'log.level']],
    ['options', ['options']],
  ])('%j', (text, keys) => expect(parsePath(text)).toEqual(keys));

  it('undoes formatPath', () => {
    const keys = fc.array(
      fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '.', '\\', '=', '-', ' ') }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(keys, (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
      { seed: 11 },
    );
  });
});

describe('parseValue', () => {
  it.each([
    ['6380', 6380],
    ['-1.5', -1.5],
    ['true', true],
    ['null', null],
    ['["a",1]', ['a', 1]],
    ['{"a":{"b":1}}', { a: { b: 1 } }],
    ['"6380"', '6380'],
    ['redis:8', 'redis:8'],
    ['', ''],
    ['007', '007'],
    ['12345678901234567890', '12345678901234567890'],
    ['{broken', '{broken'],
  ])('%j', (text, value) => expect(parseValue(text)).toEqual(value));
});

describe('parseAssignment', () => {
  it('splits at the first = that is not escaped, and keeps the value out of its name', () => {
    expect(parseAssignment(String.raw`a.b\=c=x=y`)).toEqual({
      source: String.raw`--set a.b\=c`,
      path: ['a', 'b=c'],
      value: 'x=y',
    });
  });

  it.each(['no-value', '=x', 'a..b=x', '.a=x', 'a.=x'])('refuses %j', async (text) => {
    expect(await errorOf(() => parseAssignment(text))).toMatchObject({
      code: 'DS_CONFIG_ASSIGNMENT',
      blame: 'user',
    });
  });

  it('reads any text, or says DS_CONFIG_ASSIGNMENT', () => {
    const act = (text: string): string => {
      try {
        return parseAssignment(text).source;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '.', '\\', '=', '"', '{', '}', '1') }),
        (text) => {
          expect(act(text)).toMatch(/^(?:--set .|DS_CONFIG_ASSIGNMENT)/s);
        },
      ),
      { seed: 12, numRuns: 300 },
    );
  });
});
