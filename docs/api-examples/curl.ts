const bearer = '-H "Authorization: Bearer $TOKEN"';
const sudo = `${bearer} -H "Devservices-Sudo: true"`;

const get = (path: string): string => `curl -sS ${bearer} "$URL/api/0${path}"`;

const send = (method: string, path: string, { headers = bearer, body = '' } = {}): string =>
  `curl -sS ${headers} -X ${method}${body && ` --json '${body}'`} "$URL/api/0${path}"`;

/** One command a route, for a shell that has `$URL` and `$TOKEN`; in this order they can be run. */
export const curlExamples: Readonly<Record<string, string>> = {
  'GET /health': 'curl -sS "$URL/api/0/health"',
  'GET /openapi.json': 'curl -sS "$URL/api/0/openapi.json"',
  'GET /project': get('/project'),
  'GET /services': get('/services'),
  'GET /services/{name}': get('/services/postgres'),
  'POST /services/{name}/start': send('POST', '/services/postgres/start'),
  'POST /services/{name}/restart': send('POST', '/services/postgres/restart', {
    body: '{"noDeps":true}',
  }),
  'GET /endpoints': get('/endpoints'),
  'GET /stats': get('/stats'),
  'GET /services/{name}/stats': get('/services/postgres/stats'),
  'GET /plan': get('/plan?services=postgres&recreate=true'),
  'GET /timeline': get('/timeline?limit=5'),
  'GET /doctor': get('/doctor'),
  'GET /metrics': get('/metrics'),
  'GET /events': `curl -sSN ${bearer} "$URL/api/0/events?after=-1&event=service-state"`,
  'GET /logs': `curl -sSN ${bearer} "$URL/api/0/logs?service=postgres&tail=20"`,
  'POST /services/{name}/stop': send('POST', '/services/postgres/stop'),
  'POST /users': send('POST', '/users', {
    headers: sudo,
    body: '{"username":"ada","superuser":true}',
  }),
  'GET /users': get('/users'),
  'GET /users/{user}': get('/users/ada'),
  'PATCH /users/{user}': send('PATCH', '/users/ada', {
    headers: sudo,
    body: '{"email":"ada@example.com"}',
  }),
  'GET /permissions': get('/permissions'),
  'PUT /users/{user}/permissions/{permission}': send(
    'PUT',
    '/users/ada/permissions/services.write',
    { headers: sudo },
  ),
  'GET /users/{user}/permissions': get('/users/ada/permissions'),
  'GET /permissions/{permission}/users': get('/permissions/services.write/users'),
  'DELETE /users/{user}/permissions/{permission}': send(
    'DELETE',
    '/users/ada/permissions/services.write',
    { headers: sudo },
  ),
  'GET /audit': get('/audit?limit=10'),
  'POST /tokens': send('POST', '/tokens', {
    headers: sudo,
    body: '{"name":"ci","user":"ada","permissions":["services.write"],"expires":"30d"}',
  }),
  'GET /tokens': get('/tokens'),
  'DELETE /tokens/{id}': send('DELETE', '/tokens/$ID', { headers: sudo }),
  'GET /options': get('/options'),
  'PUT /options/{key}': send('PUT', '/options/mail.from', { body: '{"value":"dev@example.com"}' }),
  'GET /options/{key}': get('/options/mail.from'),
  'DELETE /options/{key}': send('DELETE', '/options/mail.from'),
};
