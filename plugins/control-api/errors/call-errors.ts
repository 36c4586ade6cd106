import { entry } from 'devservices/machine';

/** A value that does not fit, by where it stands: `query.limit`, `body.user.name`. */
export interface ValueProblem {
  path: string;
  expected: string;
}

/** What is wrong with a route, with a call, or with its answer. */
export const callErrors = {
  DS_API_ROUTE_INVALID: entry<{ key: string; problem: string }>({
    blame: 'plugin',
    title: 'A route cannot be added to the API',
    message: ({ key, problem }) => `The route \`${key}\` cannot be added: ${problem}.`,
    hint: () => 'Correct what defineRoute() or addFiles() is given.',
  }),
  DS_API_ROUTE_CLASH: entry<{ key: string; other: string }>({
    blame: 'plugin',
    title: 'Two routes of the API answer the same calls',
    message: ({ key, other }) =>
      `The route \`${key}\` cannot be added: \`${other}\` answers the same calls already.`,
    hint: () => 'Put one of them at another path.',
  }),
  DS_API_ROUTE_UNKNOWN: entry<{ method: string; path: string }>({
    blame: 'user',
    title: 'The API has no such path',
    message: ({ method, path }) => `The API has nothing at \`${method} ${path}\`.`,
    hint: () => '`GET /api/0/openapi.json` lists everything that it has.',
  }),
  DS_API_METHOD_REFUSED: entry<{ method: string; path: string; allowed: readonly string[] }>({
    blame: 'user',
    title: 'A path of the API was asked with a method that it does not have',
    message: ({ method, path, allowed }) =>
      `\`${path}\` has no ${method}; it has ${allowed.join(', ')}.`,
    hint: ({ allowed }) => `Call it with ${allowed[0] ?? 'another method'}.`,
  }),
  DS_API_INVALID: entry<{ key: string; problems: readonly ValueProblem[] }>({
    blame: 'user',
    title: 'A call of the API has values that do not fit',
    message: ({ key, problems }) =>
      [`\`${key}\` was given what it does not take:`]
        .concat(problems.map(({ path, expected }) => `  ${path}: ${expected}`))
        .join('\n'),
    hint: () => '`GET /api/0/openapi.json` says what each call takes.',
  }),
  DS_API_NOT_JSON: entry<{ key: string; given: string | undefined }>({
    blame: 'user',
    title: 'A call of the API has a body that is not said to be JSON',
    message: ({ key, given }) =>
      `\`${key}\` takes JSON, and was given ${given === undefined ? 'a body without a type' : given}.`,
    hint: () => 'Send `Content-Type: application/json`.',
  }),
  DS_API_TOO_LARGE: entry<{ maxBytes: number }>({
    blame: 'user',
    title: 'The body of a call is larger than the API reads',
    message: ({ maxBytes }) => `The body has more than the ${maxBytes} bytes that are read of one.`,
    hint: () => 'Send less, or raise it by `controlApi({ maxBodyBytes: … })`.',
  }),
  DS_API_BODY_CUT: entry<{ key: string }>({
    blame: 'user',
    title: 'The body of a call ended too early',
    message: ({ key }) => `\`${key}\` was not done: its body ended before all of it was there.`,
    hint: () => 'Call it again.',
  }),
  DS_API_BROKE: entry<{ key: string }>({
    blame: 'bug',
    title: 'What answers a call of the API broke',
    message: ({ key }) => `What answers \`${key}\` broke. The log says how.`,
    hint: () => 'Look at the log of the server, or at the journal of the checkout.',
  }),
  DS_API_CLOSED: entry<Record<string, never>>({
    blame: 'environment',
    title: 'The API was closed while it was asked',
    message: () => 'The API was closed.',
    hint: () => 'Start it again: `devservices serve`.',
  }),
  DS_API_CALL_INVALID: entry<{ key: string; problem: string }>({
    blame: 'user',
    title: 'A call of the API cannot be made as it was written',
    message: ({ key, problem }) => `\`${key}\` cannot be called: ${problem}. Nothing was sent.`,
    hint: () => 'Correct what the client was given.',
  }),
  DS_API_TIMEOUT: entry<{ key: string; timeoutMs: number }>({
    blame: 'environment',
    title: 'The API did not answer in time',
    message: ({ key, timeoutMs }) => `\`${key}\` had no answer after ${timeoutMs} ms.`,
    hint: () => 'What was asked for may still be done. Give more by `timeoutMs`.',
  }),
  DS_API_UNREACHABLE: entry<{ key: string; reason: string }>({
    blame: 'environment',
    title: 'The API cannot be reached',
    message: ({ key, reason }) => `\`${key}\` had no answer: ${reason}.`,
    hint: () => 'See whether `devservices serve` runs, and at which URL.',
  }),
  DS_API_STATUS: entry<{ key: string; status: number }>({
    blame: 'environment',
    title: 'Something answered that is no API of devservices',
    message: ({ key, status }) => `\`${key}\` was answered with ${status} and without a reason.`,
    hint: () => 'See what stands between, or whether the URL is that of `devservices serve`.',
  }),
  DS_API_ANSWER_UNREADABLE: entry<{ key: string; status: number; reason: string }>({
    blame: 'environment',
    title: 'An answer of the API cannot be read',
    message: ({ key, status, reason }) =>
      `\`${key}\` was answered with ${status} and what cannot be read: ${reason}.`,
    hint: () => 'See what stands between, or whether the URL is that of `devservices serve`.',
  }),
};
