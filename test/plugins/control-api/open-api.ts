import { container, ready, z } from 'devservices';
import { createTestHost, type TestHost } from 'devservices/testing';
import type { Api } from '../../../plugins/control-api/create-api.ts';
import { controlApi } from '../../../plugins/control-api/index.ts';
import { type TokenTables, tokenSchema } from '../../../plugins/control-api/tokens/token-table.ts';
import { permissions } from '../../../plugins/permissions/index.ts';
import { projectOptions } from '../../../plugins/project-options/index.ts';
import { store } from '../../../plugins/store/index.ts';
import type { WalkerTokens } from './walkers.ts';

/** An API with every plugin that it works with, its users and tokens as `walkersWith` has them. */
export interface OpenApi {
  readonly test: TestHost;
  readonly api: Api;
  readonly tokens: WalkerTokens;
  /** Id of the token `spare`. */
  readonly spareToken: string;
  [Symbol.asyncDispose](): Promise<void>;
}

const by = 'os:test';
const everything = ['services.write', 'options.write', 'users.admin'];

/** Of a project with a service `db`, which is up, and an option `mail.from`. */
export async function openApi(): Promise<OpenApi> {
  const test = createTestHost({
    config: {
      plugins: [
        store(),
        permissions(),
        projectOptions({
          declare: [{ key: 'mail.from', schema: z.email(), default: 'dev@localhost.test' }],
        }),
        controlApi(),
      ],
      services: {
        db: { run: container({ image: 'postgres:17' }), ready: ready.none() },
      },
    },
  });
  await test.up();
  const api = (await test.host.use('api')) as Api;
  return { test, api, ...(await addPeople(test)), [Symbol.asyncDispose]: test.close };
}

async function addPeople({ host }: TestHost): Promise<Pick<OpenApi, 'tokens' | 'spareToken'>> {
  const register = await host.use('permissions');
  const apiTokens = await host.use('apiTokens');
  for (const username of ['full', 'bare', 'inactive', 'spare']) {
    await register.users.add({ username, superuser: true, by });
  }
  await register.users.add({ username: 'plain', by });
  for (const user of ['full', 'inactive']) {
    for (const permission of everything) {
      await register.add({ directory: 'store', user, permission, by });
    }
  }
  const make = async (name: string, user: string, more: { permissions?: string[]; sudo?: true }) =>
    (await apiTokens.add({ name, user, by, ...more })).token;
  const rights = { permissions: everything };
  const tokens = {
    revoked: await make('revoked', 'full', { ...rights, sudo: true }),
    expired: await make('expired', 'full', { ...rights, sudo: true }),
    inactive: await make('inactive', 'inactive', { ...rights, sudo: true }),
    bare: await make('bare', 'full', { sudo: true }),
    full: await make('full', 'full', rights),
    sudo: await make('sudo', 'full', { ...rights, sudo: true }),
    overreaching: await make('overreaching', 'bare', { ...rights, sudo: true }),
  };
  await apiTokens.revoke({ token: 'revoked', by });
  await expire(host, 'expired');
  await register.users.set({
    directory: 'store',
    user: 'inactive',
    changes: { active: false },
    by,
  });
  const { entry } = await apiTokens.add({ name: 'spare', user: 'spare', by });
  return { tokens, spareToken: entry.id };
}

/** Long ago: no test waits for it. */
async function expire(host: TestHost['host'], name: string): Promise<void> {
  const connection = await (await host.use('database')).open<TokenTables>(tokenSchema);
  await connection.change((query) =>
    query
      .updateTable('devservices_api_token')
      .set({ expires_at: '2020-01-01T00:00:00.000Z' })
      .where('name', '=', name)
      .execute(),
  );
}
