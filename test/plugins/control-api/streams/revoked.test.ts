import { expect, it } from 'vitest';
import { openApi } from '../open-api.ts';

it('the stream of a token ends when that is revoked, and those of others go on', async () => {
  await using opened = await openApi();
  const { api, test, tokens } = opened;
  const client = api.client();
  const read = (token: string) =>
    client.stream('/events', { as: { token }, params: { after: -1 } })[Symbol.asyncIterator]();
  const [revoked, other] = [read(tokens.full), read(tokens.bare)];
  await revoked.next();
  await other.next();
  const rest = (async () => {
    for (let next = await revoked.next(); next.done !== true; next = await revoked.next());
  })();
  rest.catch(() => {});
  await (await test.host.use('apiTokens')).revoke({ token: 'full', by: 'os:test' });
  await expect(rest).rejects.toMatchObject({
    code: 'DS_API_STREAM_REFUSED',
    status: 401,
    body: { code: 'DS_API_TOKEN_REFUSED' },
  });
  expect(await other.next()).toMatchObject({ done: false });
  await other.return?.();
});
