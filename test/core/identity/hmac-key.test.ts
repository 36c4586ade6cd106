import { statSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { loadHmacKey } from '../../../core/identity/hmac-key.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

it('is 32 bytes, made once, for this user alone', () => {
  const checkout = { stateFolder: createTempFolder() };
  const key = loadHmacKey(checkout);
  expect(key).toHaveLength(32);
  expect(loadHmacKey(checkout)).toEqual(key);
  expect(readdirSync(checkout.stateFolder)).toEqual(['hmac-key']);
  expect(statSync(join(checkout.stateFolder, 'hmac-key')).mode & 0o777).toBe(0o600);
});

it('is another one in another checkout', () => {
  const [a, b] = [createTempFolder(), createTempFolder()];
  expect(loadHmacKey({ stateFolder: a })).not.toEqual(loadHmacKey({ stateFolder: b }));
});

it('is made anew when it is damaged', () => {
  const checkout = { stateFolder: createTempFolder() };
  writeFileSync(join(checkout.stateFolder, 'hmac-key'), 'short');
  const key = loadHmacKey(checkout);
  expect(key).toHaveLength(32);
  expect(loadHmacKey(checkout)).toEqual(key);
});
