import { expect, test } from 'vitest';

import program from '../../../../plugins/embedded/oidc/program.ts';
import { createPlace, startProgram } from '../place.ts';

test('who asks gets a token, signed by a key that outlives a stop', async () => {
  const place = await createPlace(program, ['http']);
  const ask = async (path: string, body?: URLSearchParams) => {
    const url = `http://127.0.0.1:${place.ports[0]?.host}${path}`;
    return (await fetch(url, body && { method: 'POST', body })).json();
  };
  const first = await startProgram(program, place, 'issuer is');
  const grant = new URLSearchParams({ grant_type: 'client_credentials' });
  expect(await ask('/token', grant)).toMatchObject({ token_type: 'Bearer' });
  const keys = await ask('/jwks');
  await first.end('SIGTERM');
  await startProgram(program, place, 'issuer is');
  expect(await ask('/jwks')).toEqual(keys);
  expect(JSON.stringify(keys)).not.toContain('"d":');
});
