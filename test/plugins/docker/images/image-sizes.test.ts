import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createImageSizes } from '../../../../plugins/docker/images/image-sizes.ts';
import { createFolder } from '../fake-engine.ts';

const open = async () => {
  const folder = join(await createFolder(), 'cache');
  return { folder, file: join(folder, 'image-sizes.json'), sizes: createImageSizes(folder) };
};

test('what was seen is known to the next one, under every way to write the name', async () => {
  const { folder, file, sizes } = await open();
  expect(sizes.of('redis')).toBeUndefined();
  sizes.note('redis', { held: 130 });
  expect(sizes.of('redis:latest')).toBe(130);
  sizes.note('redis', { fetched: 50 });
  expect(createImageSizes(folder).of('docker.io/library/redis')).toBe(50);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a pull of a few layers does not make the image small', async () => {
  const { sizes } = await open();
  sizes.note('redis', { fetched: 50 });
  sizes.note('redis', { fetched: 2 });
  expect(sizes.of('redis')).toBe(50);
});

test('it does not grow for ever: who was not seen for long goes first', async () => {
  const { sizes, file } = await open();
  for (let index = 0; index < 510; index += 1) sizes.note(`image-${index}`, { held: index + 1 });
  const { sizes: kept } = JSON.parse(readFileSync(file, 'utf8')) as { sizes: object };
  expect(Object.keys(kept)).toHaveLength(500);
  expect(sizes.of('image-0')).toBeUndefined();
  expect(sizes.of('image-509')).toBe(510);
});

test.each([
  '',
  '{',
  'null',
  '{"v":2,"sizes":{}}',
  '{"v":1,"sizes":{"docker.io/library/redis:latest":7}}',
])('a file that holds %j knows nothing, and is replaced', async (text) => {
  const { sizes, folder, file } = await open();
  mkdirSync(folder);
  writeFileSync(file, text);
  expect(sizes.of('redis')).toBeUndefined();
  sizes.note('redis', { held: 3 });
  expect(sizes.of('redis')).toBe(3);
});

test('a folder that can not be made is no reason to fail', async () => {
  const { folder } = await open();
  writeFileSync(folder, 'in the way');
  const sizes = createImageSizes(folder);
  sizes.note('redis', { held: 1 });
  expect(sizes.of('redis')).toBeUndefined();
});
