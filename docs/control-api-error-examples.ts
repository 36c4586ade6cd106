import type { apiErrors } from '../plugins/control-api/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

const start = 'POST /services/{name}/start';

export const apiExamples: ExamplesOf<typeof apiErrors> = {
  DS_API_ROUTE_INVALID: { key: 'GET /mails/{id}', problem: '`params` says nothing of "id"' },
  DS_API_ROUTE_CLASH: { key: 'GET /services/{service}', other: 'GET /services/{name}' },
  DS_API_ROUTE_UNKNOWN: { method: 'GET', path: '/api/0/service' },
  DS_API_METHOD_REFUSED: { method: 'DELETE', path: '/api/0/services', allowed: ['GET'] },
  DS_API_INVALID: {
    key: 'GET /logs',
    problems: [{ path: 'query.tial', expected: 'There is no such word. Did you mean "tail"?' }],
  },
  DS_API_NOT_JSON: { key: 'POST /users', given: 'text/plain' },
  DS_API_TOO_LARGE: { maxBytes: 65_536 },
  DS_API_BODY_CUT: { key: 'POST /users' },
  DS_API_BROKE: { key: 'GET /mails' },
  DS_API_CLOSED: {},
  DS_API_CALL_INVALID: { key: 'GET /services/{name}', problem: '`params` has no "name"' },
  DS_API_TIMEOUT: { key: start, timeoutMs: 120_000 },
  DS_API_UNREACHABLE: { key: 'GET /services', reason: 'connect ECONNREFUSED 127.0.0.1:4711' },
  DS_API_STATUS: { key: 'GET /services', status: 502 },
  DS_API_ANSWER_UNREADABLE: {
    key: 'GET /services',
    status: 200,
    reason: 'Unexpected token < in JSON at position 0',
  },
  DS_API_PRINCIPAL_NEEDED: { key: 'GET /services' },
  DS_API_TOKEN_REFUSED: {},
  DS_API_USER_REFUSED: { user: 'ada' },
  DS_API_ACTING_REFUSED: { by: 'token:ci' },
  DS_API_FORBIDDEN: { by: 'user:ada', key: start, permission: 'services.write' },
  DS_API_SUPERUSER_NEEDED: { by: 'user:ada', key: start, permission: 'services.write' },
  DS_API_SUDO_NEEDED: { by: 'os:ada', key: 'POST /users', isGiven: false },
  DS_API_ESCALATION: {
    key: start,
    by: 'user:grace',
    problem: 'who has no permission "services.write"',
  },
  DS_API_TOO_DEEP: { key: 'GET /mails', limit: 8 },
  DS_API_TWO_PRINCIPALS: { key: 'GET /services' },
};
