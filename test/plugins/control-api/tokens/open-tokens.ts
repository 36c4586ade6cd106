import type { Contracts } from 'devservices';
import { createTestHost, type TestHost } from 'devservices/testing';
import { onTestFinished } from 'vitest';
import type { ApiTokens } from '../../../../plugins/control-api/tokens/api-tokens.ts';
import { createTokenRegister } from '../../../../plugins/control-api/tokens/token-register.ts';
import {
  type TokenTables,
  tokenSchema,
} from '../../../../plugins/control-api/tokens/token-table.ts';
import { permissions } from '../../../../plugins/permissions/index.ts';
import { store as storePlugin } from '../../../../plugins/store/index.ts';
import type { TestStore } from '../../../rig/database.ts';

export const by = 'os:test';

export interface OpenTokens {
  readonly test: TestHost;
  readonly tokens: ApiTokens;
  readonly permissions: Contracts['permissions'];
  /** The time that the register goes by, milliseconds since the epoch. */
  now: number;
  /** A register of another process on the same store. */
  another(): ApiTokens;
  rows(): Promise<TokenTables['devservices_api_token'][]>;
  /** How often something was written since the last look. */
  writes(): number;
}

/** Users and tokens in a real store: ada, a superuser, and grace, who is none. */
export async function openTokens(store: TestStore): Promise<OpenTokens> {
  let writes = 0;
  const declare = ['services.write', 'users.admin'].map((name) => ({ name, description: name }));
  const test = createTestHost({
    config: { plugins: [storePlugin(store.options), permissions({ declare })] },
  });
  onTestFinished(() => test.close());
  await test.host.configure();
  const register = await test.host.use('permissions');
  await register.users.add({ username: 'ada', superuser: true, by });
  await register.users.add({ username: 'grace', by });
  const database = await test.host.use('database');
  const counted: Contracts['database'] = {
    ...database,
    async open<Tables>(schema: Parameters<typeof database.open>[0]) {
      const connection = await database.open<Tables>(schema);
      const change: typeof connection.change = (work) => {
        writes += 1;
        return connection.change(work);
      };
      return { ...connection, change };
    },
  };
  const create = () =>
    createTokenRegister({
      database: async () => counted,
      permissions: async () => register,
      now: () => opened.now,
    });
  const opened: OpenTokens = {
    test,
    permissions: register,
    now: Date.parse('2030-01-01T00:00:00.000Z'),
    tokens: undefined as never,
    another: create,
    async rows() {
      const { query } = await database.open<TokenTables>(tokenSchema);
      return query.selectFrom('devservices_api_token').selectAll().execute();
    },
    writes: () => {
      const before = writes;
      writes = 0;
      return before;
    },
  };
  return Object.assign(opened, { tokens: create() });
}
