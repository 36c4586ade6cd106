import type { Target } from 'devservices/runner';
import type { StartRequest } from '../supervisor/protocol.ts';

/** What is started, and what is remembered of it: plain JSON. */
export function startRequestOf(
  target: Target,
  id: string,
  env: Readonly<Record<string, string | undefined>>,
): StartRequest {
  return { target: lastingOf(target), id, callerEnvironment: callerEnvironment(env) };
}

// A plan says more of a service than what its process is made from.
function lastingOf({ project, service, runKey, run, ports, spec, ...more }: Target): Target {
  const { readiness, dependsOn, followers } = more;
  return {
    project,
    service,
    runKey,
    run,
    ports,
    spec,
    ...(readiness && { readiness }),
    ...(followers && { followers }),
    ...(dependsOn && { dependsOn }),
  };
}

function callerEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
