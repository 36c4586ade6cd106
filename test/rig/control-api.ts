import { definePlugin } from 'devservices';
import { type Clock, systemClock } from 'devservices/machine';
import { createTestHost, type TestHost } from 'devservices/testing';
import { onTestFinished } from 'vitest';
import type { Config } from '../../core/config/config.ts';
import { type Api, createApi } from '../../plugins/control-api/create-api.ts';
import { permissionsOfApi } from '../../plugins/control-api/declared-permissions.ts';
import type { Route } from '../../plugins/control-api/route.ts';
import { createTokenRegister } from '../../plugins/control-api/tokens/token-register.ts';
import { permissions } from '../../plugins/permissions/index.ts';
import { projectOptions } from '../../plugins/project-options/index.ts';
import { store } from '../../plugins/store/index.ts';

/** An API of a real host with a fake runner, its users and tokens in a real store. */
export interface TestApi {
  readonly api: Api;
  readonly test: TestHost;
  /** Adds a user to the store. */
  addUser(name: string, user?: TestUser): Promise<void>;
  /** Adds a token of a user who is there; gives its text. */
  addToken(token: TestToken): Promise<string>;
  /** Revokes a token by its name. */
  revoke(name: string): Promise<void>;
  /** Asks as a server would for something that came over HTTP; `ownerToken` is the owner's. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Calls that stand in the journal. */
  audited(): readonly AuditedEvent[];
  /** What was told with at least that level. */
  warnings(): readonly string[];
}

export type AuditedEvent = Extract<TestHost['events'][number], { event: 'api-called' }>;

export interface TestUser {
  superuser?: boolean;
  active?: boolean;
  permissions?: readonly string[];
}

export interface TestToken {
  name: string;
  user: string;
  permissions?: readonly string[];
  sudo?: boolean;
  expires?: string;
}

export interface TestApiOptions {
  /** Routes besides the API's own. */
  routes?: readonly Route[];
  services?: Config['services'];
  clock?: Clock;
  /** Without store, permissions and options. */
  isBare?: boolean;
}

/** What `fetch` of a TestApi takes for the owner's. */
export const ownerToken = 'the-owner-of-these-files';

const by = 'os:test';

/**
 * For tests of whatever answers calls; all of it ends with the test.
 *
 * @example
 * const { api, addUser } = await openTestApi({ routes: [echo], clock: createFakeClock() });
 * await addUser('ada', { superuser: true, permissions: ['services.write'] });
 * const { body } = await api.client({ as: { user: 'ada' } }).get('/services');
 */
export async function openTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const others = options.isBare ? [] : [store(), permissions(), projectOptions()];
  const { clock = systemClock, services = {} } = options;
  const test = createTestHost({ config: { plugins: [...others, apiPlugin(options)], services } });
  onTestFinished(() => test.close());
  await test.host.configure();
  const { host } = test;
  const api = (await host.use('api')) as Api;
  const closing = new AbortController();
  onTestFinished(() => closing.abort());
  return {
    api,
    test,
    async addUser(name, { superuser = false, active = true, permissions: held = [] } = {}) {
      const register = await host.use('permissions');
      await register.users.add({ username: name, superuser: superuser || held.length > 0, by });
      for (const permission of held) {
        await register.add({ user: name, permission, by, force: true });
      }
      // Rights that one has had stay where they are.
      if (superuser || held.length === 0) {
        if (!active) await register.users.set({ user: name, changes: { active }, by });
        return;
      }
      await register.users.set({ user: name, changes: { superuser, active }, by });
    },
    async addToken({ permissions: asked = [], ...token }) {
      const register = await host.use('apiTokens');
      return (await register.add({ ...token, permissions: [...asked], by })).token;
    },
    async revoke(name) {
      await (await host.use('apiTokens')).revoke({ token: name, by });
    },
    fetch: (path, init) =>
      api.fetch(new Request(`http://localhost${path}`, init), {
        ownerToken,
        address: '127.0.0.1',
        signal: closing.signal,
      }),
    audited: () => test.events.filter((event) => event.event === 'api-called'),
    warnings: () =>
      test.events.flatMap((event) =>
        event.event === 'message' && (event.level === 'warn' || event.level === 'error')
          ? [event.text]
          : [],
      ),
  };

  // The plugin itself, but for the clock.
  function apiPlugin({ routes = [] }: TestApiOptions) {
    return definePlugin({
      name: 'control-api',
      permissions: { project: true },
      setup({ events, expose, extend, defer, log, metrics, project, signal, use }) {
        extend('permissions', (names) => {
          for (const permission of permissionsOfApi) names.declare(permission);
        });
        expose('apiTokens', () =>
          createTokenRegister({
            database: () => use('database'),
            permissions: () => use('permissions'),
            now: clock.now,
          }),
        );
        expose('api', ({ project: name, root, checkoutFolder }) => {
          const place = { name, root, checkoutFolder };
          const made = createApi({ ...place, project, clock, log, events, metrics, use, signal });
          defer(made.close);
          made.add(...routes);
          return made;
        });
      },
    });
  }
}
