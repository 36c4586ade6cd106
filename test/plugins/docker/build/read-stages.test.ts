import { expect, test } from 'vitest';
import { readStages } from '../../../../plugins/docker/build/read-stages.ts';

test.each([
  ['FROM alpine\n', [], 1],
  ['FROM alpine AS Base\nfrom base as dev\r\nRUN echo FROM x AS y\n', ['base', 'dev'], 2],
  ['# FROM a AS b\nARG V\nFROM --platform=linux/amd64 alpine:${V} AS one\n', ['one'], 1],
  ['', [], 0],
])('%j', (text, names, count) => {
  expect(readStages(text)).toEqual({ names, count });
});
