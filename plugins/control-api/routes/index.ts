import type { ApiContext } from '../api-context.ts';
import type { Handlers, Route } from '../route.ts';
import type { RouteSpec } from '../route-spec.ts';
import { type OwnSpec, specs } from '../specs/index.ts';
import { auditHandlers } from './audit.ts';
import { doctorHandlers } from './doctor.ts';
import { eventHandlers } from './events.ts';
import { logHandlers } from './logs.ts';
import { metricsHandlers } from './metrics.ts';
import { openapiHandlers } from './openapi.ts';
import { optionHandlers } from './options.ts';
import { permissionHandlers } from './permissions.ts';
import { planHandlers } from './plan.ts';
import { createProjectReader } from './project-reader.ts';
import { projectHandlers } from './project.ts';
import { createServiceActions } from './service-actions.ts';
import { serviceHandlers } from './services.ts';
import { statsHandlers } from './stats.ts';
import { timelineHandlers } from './timeline.ts';
import { tokenHandlers } from './tokens.ts';
import { userHandlers } from './users.ts';

/** Every route of this plugin's own. What they keep open ends with the context's signal. */
export function createRoutes(context: ApiContext): Route[] {
  const reader = createProjectReader(context);
  const actions = createServiceActions(context, () => reader.forget());
  const shared = { ...context, reader, actions };
  const handlers: Handlers<OwnSpec> = {
    ...projectHandlers(shared),
    ...serviceHandlers(shared),
    ...statsHandlers(shared),
    ...planHandlers(shared),
    ...logHandlers(shared),
    ...eventHandlers(shared),
    ...timelineHandlers(shared),
    ...doctorHandlers(shared),
    ...metricsHandlers(shared),
    ...userHandlers(shared),
    ...permissionHandlers(shared),
    ...auditHandlers(shared),
    ...tokenHandlers(shared),
    ...optionHandlers(shared),
    ...openapiHandlers(shared),
  };
  return joinRoutes(specs, handlers);
}

/** Each spec with what answers its calls. */
export function joinRoutes<Spec extends RouteSpec>(
  all: readonly Spec[],
  handlers: Handlers<Spec>,
): Route[] {
  return all.map((spec) => {
    const handle = handlers[`${spec.method} ${spec.path}` as keyof Handlers<Spec>];
    return { ...spec, handle: handle as unknown as Route['handle'] };
  });
}
