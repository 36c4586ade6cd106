/** What a good call of a route is given. */
export interface WalkedRoute {
  params?: Readonly<Record<string, unknown>>;
  body?: unknown;
}

const service = { params: { name: 'db' } };
const user = { params: { user: 'spare' } };
const permission = { params: { user: 'spare', permission: 'services.write' } };
const option = { params: { key: 'mail.from' } };

/**
 * A good call of every route: one that is not here fails the walk. `spare` is a user, and a token of
 * theirs, for whom nobody walks; `count` is another number each time.
 */
export const walkedRoutes: Readonly<Record<string, (count: number) => WalkedRoute>> = {
  'GET /health': () => ({}),
  'GET /openapi.json': () => ({}),
  'GET /project': () => ({}),
  'GET /services': () => ({}),
  'GET /services/{name}': () => service,
  'POST /services/{name}/start': () => ({ ...service, body: { noDeps: true } }),
  'POST /services/{name}/restart': () => service,
  'POST /services/{name}/stop': () => service,
  'GET /services/{name}/stats': () => service,
  'GET /stats': () => ({}),
  'GET /endpoints': () => ({}),
  'GET /plan': () => ({ params: { services: ['db'], recreate: true } }),
  'GET /timeline': () => ({ params: { limit: 3 } }),
  'GET /doctor': () => ({}),
  'GET /metrics': () => ({}),
  'GET /events': () => ({ params: { after: -1 } }),
  'GET /logs': () => ({ params: { service: ['db'], tail: 2, follow: false } }),
  'GET /users': () => ({}),
  'POST /users': (count) => ({ body: { username: `new-${count}` } }),
  'GET /users/{user}': () => user,
  'PATCH /users/{user}': (count) => ({ ...user, body: { email: `spare-${count}@example.com` } }),
  'GET /permissions': () => ({}),
  'GET /permissions/{permission}/users': () => ({ params: { permission: 'services.write' } }),
  'GET /users/{user}/permissions': () => user,
  'PUT /users/{user}/permissions/{permission}': () => permission,
  'DELETE /users/{user}/permissions/{permission}': () => permission,
  'GET /audit': () => ({ params: { limit: 5 } }),
  'GET /tokens': () => ({}),
  'POST /tokens': (count) => ({ body: { name: `new-${count}`, user: 'spare' } }),
  'DELETE /tokens/{id}': () => ({ params: { id: 'spare' } }),
  'GET /options': () => ({}),
  'GET /options/{key}': () => option,
  'PUT /options/{key}': (count) => ({ ...option, body: { value: `dev-${count}@example.com` } }),
  'DELETE /options/{key}': () => option,
};
