import { isDevServicesError } from 'devservices/machine';
import type { ApiContext } from '../api-context.ts';
import type { ApiClient } from '../client.ts';
import { apiErrors } from '../errors.ts';
import type { ApiRequest, Route } from '../route.ts';
import { toAnswer } from './answer.ts';
import { type Link, outerOf, runWithin } from './call-chain.ts';
import type { ApiCall, Trace } from './call.ts';
import { keyOf } from './check-route.ts';
import { followSignals } from './follow-signals.ts';
import { matchPath } from './paths.ts';
import { type Problem, problemOf, toResponse } from './problem.ts';
import type { Rights } from './rights.ts';
import { readValues } from './validate.ts';

interface Options {
  context: ApiContext;
  rights: Rights;
  clientOf(link: Link): ApiClient;
}

type AnswerCall = (
  route: Route,
  request: Request,
  env: { call: ApiCall; trace: Trace },
) => Promise<Response>;

/** Answers a call whose route is known: who it is, whether they may, whether the values fit, the handler. */
export function createAnswerCall({ context, rights, clientOf }: Options): AnswerCall {
  const { clock, log } = context;
  return async (route, request, { call, trace }) => {
    const key = keyOf(route);
    const asked = { key, access: route.access };
    trace.route = route.path;
    const ends = [context.signal, ...('signal' in call ? [call.signal] : [])];
    const tell = (thrown: unknown): Problem => {
      // What breaks off as it ends is not broken.
      const isEnded = ends.some(({ aborted }) => aborted) && !isDevServicesError(thrown);
      const error = isEnded ? apiErrors.create('DS_API_CLOSED', {}, thrown) : thrown;
      const problem = problemOf(error, { key, statuses: route.problems });
      if (problem.status === 500) log.error(`${key} broke: ${stackOf(thrown)}`);
      return problem;
    };
    // Who leaves an action does not undo it: it ends when the API does, a stream with its reader too.
    const over = followSignals(ends);
    try {
      const link = await rights.identify(request, call);
      trace.by = allOf(link);
      await rights.authorise(link, asked);
      const { pathname } = new URL(request.url);
      const values = await readValues(route, request, matchPath(route.path, pathname) ?? {});
      const apiRequest: ApiRequest = {
        ...values,
        principal: link.principal,
        by: link.by,
        client: clientOf(link),
        lastEventId: request.headers.get('last-event-id') ?? undefined,
        signal: over.signal,
        allows: (permission) => rights.allows(link, permission),
      };
      const result: unknown = await runWithin(link, async () =>
        route.handle(apiRequest as ApiRequest<never, never, never>),
      );
      const response = await toAnswer(route, result, {
        link,
        clock,
        signal: over.signal,
        session: rights.session(link, asked),
        problemOf: tell,
        onOver: over.abort,
        streams: context.apiMetrics.streams,
      });
      if (route.answer.kind !== 'stream') over.leave();
      return response;
    } catch (thrown) {
      over.leave();
      const problem = tell(thrown);
      // Whoever it was to be made as, it was not.
      if (problem.code === 'DS_API_ACTING_REFUSED') trace.by = refusedBy(thrown);
      trace.code = problem.code;
      return toResponse(problem);
    }
  };
}

// Who is behind a call that was made within another one's.
function allOf(link: Link): string {
  const labels = new Set([link, ...outerOf(link)].map(({ by }) => by));
  return [...labels].join(' within ');
}

function refusedBy(thrown: unknown): string {
  return isDevServicesError(thrown) ? String(thrown.facts['by']) : 'anonymous';
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
