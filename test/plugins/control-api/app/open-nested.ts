import { z } from 'devservices';
import type { ApiClient, RawCallOptions } from '../../../../plugins/control-api/client.ts';
import { type ApiRequest, defineRoute } from '../../../../plugins/control-api/route.ts';
import { openTestApi, type TestApi } from '../../../rig/control-api.ts';

/** What the route `/outer` does, as each test says. */
export type Work = (request: Pick<ApiRequest, 'client' | 'by'>) => unknown;

const said = z.object({ by: z.string() });
const json = { kind: 'json', description: 'Whatever', schema: z.unknown() } as const;

/** Routes of each access, and one that calls them; its users are ada and bob, who may write, and eve. */
export async function openNested(): Promise<
  TestApi & { within(work: Work, options?: RawCallOptions): Promise<unknown> }
> {
  let work: Work = () => undefined;
  const tell = ({ by }: ApiRequest) => ({ by });
  const meta = { tag: 'test', summary: 'Tries', answer: { ...json, schema: said } } as const;
  const rig = await openTestApi({
    routes: [
      defineRoute(
        {
          method: 'GET',
          path: '/outer',
          tag: 'test',
          summary: 'Calls',
          access: 'anybody',
          answer: json,
        },
        async (request) => (await work(request)) ?? null,
      ),
      defineRoute({ ...meta, method: 'GET', path: '/open', access: 'anybody' }, tell),
      defineRoute({ ...meta, method: 'GET', path: '/known', access: 'known' }, tell),
      defineRoute(
        { ...meta, method: 'POST', path: '/write', access: { permission: 'services.write' } },
        tell,
      ),
      defineRoute(
        {
          ...meta,
          method: 'POST',
          path: '/admin',
          access: { permission: 'users.admin', sudo: true },
        },
        tell,
      ),
    ],
  });
  await rig.addUser('ada', { superuser: true, permissions: ['services.write', 'users.admin'] });
  await rig.addUser('bob', { superuser: true, permissions: ['services.write'] });
  await rig.addUser('eve');
  return {
    ...rig,
    async within(given, options = {}) {
      work = given;
      return (await rig.api.client().request('GET', '/outer', options)).body;
    },
  };
}

/** Who it was, or why not. */
export async function ask(
  client: ApiClient,
  path: string,
  options: RawCallOptions = {},
): Promise<string> {
  const method = path === '/write' || path === '/admin' ? 'POST' : 'GET';
  return client.request(method, path, options).then(
    ({ body }) => (body as z.infer<typeof said>).by,
    (thrown: { code: string }) => thrown.code,
  );
}

/** As whom calls are made. */
export const ada = { as: { user: 'ada' } } as const;
export const asOwner = { as: 'owner' } as const;
