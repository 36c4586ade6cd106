import { expect, test } from 'vitest';
import { z } from '../../../core/index.ts';
import { describeExpected } from '../../../plugins/project-options/describe-expected.ts';

test.each<[string, z.ZodType]>([
  ['a text', z.string().max(3)],
  ['a text', z.string().transform((text) => text.length)],
  ['a text (email)', z.email()],
  ['a number', z.number()],
  ['a number from 0', z.number().min(0)],
  ['a number up to 1', z.number().max(1)],
  ['a whole number', z.int()],
  ['a whole number from 1 to 65535', z.int().min(1).max(65535)],
  ['true or false', z.boolean()],
  ['a list', z.array(z.string())],
  ['an object', z.object({ a: z.string() })],
  ['an object', z.record(z.string(), z.number())],
  ['one of "low", "high"', z.enum(['low', 'high'])],
  ['"on"', z.literal('on')],
  ['a text, or null', z.string().nullable()],
  ['a number, or a text', z.union([z.number(), z.string(), z.string().min(2)])],
  ['a whole number', z.int().default(3)],
  ['what its schema takes', z.unknown()],
  ['what its schema takes', z.custom(() => true)],
  ['what its schema takes', z.bigint()],
])('%s', (words, schema) => {
  expect(describeExpected(schema)).toBe(words);
});
