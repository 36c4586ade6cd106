import { join } from 'node:path';
import { definePlugin, type Host } from 'devservices';
import type { ProjectAccess } from 'devservices/machine';
import type { Config } from '../../../../core/config/config.ts';
import { createFakeClock, type FakeClock } from '../../../../core/testing/fake-clock.ts';
import { createTestHost, type TestHost } from '../../../../core/testing/test-host.ts';
import type { ApiRequest } from '../../../../plugins/control-api/route.ts';
import { doctorHandlers } from '../../../../plugins/control-api/routes/doctor.ts';
import { planHandlers } from '../../../../plugins/control-api/routes/plan.ts';
import { createProjectReader } from '../../../../plugins/control-api/routes/project-reader.ts';
import { projectHandlers } from '../../../../plugins/control-api/routes/project.ts';
import { createServiceActions } from '../../../../plugins/control-api/routes/service-actions.ts';
import { serviceHandlers } from '../../../../plugins/control-api/routes/services.ts';
import { statsHandlers } from '../../../../plugins/control-api/routes/stats.ts';

/** Handlers over a project of its own, and what they open and close. */
export interface OpenHandlers {
  readonly test: TestHost;
  readonly handlers: ReturnType<typeof createHandlers>;
  readonly clock: FakeClock;
  /** Hosts that were opened to look, and not closed yet. */
  readonly open: ReadonlySet<Host>;
  /** How many were opened so far. */
  opened(): number;
  /** As if the API were closed. */
  abort(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Its services are the runner's of `createTestHost`; the clock is that of the handlers alone. */
export async function openHandlers(
  services: NonNullable<Config['services']>,
): Promise<OpenHandlers> {
  let access: ProjectAccess | undefined;
  const probe = definePlugin({
    name: 'probe',
    permissions: { project: true },
    // Each host sets it up: what counts is the first one's.
    setup: ({ project }) => void (access ??= project),
  });
  const test = createTestHost({ config: { plugins: [probe], services } });
  await test.host.configure();
  const { project, checkout } = test.host.project;
  const open = new Set<Host>();
  let openings = 0;
  const closing = new AbortController();
  const clock = createFakeClock();
  const counted: ProjectAccess = {
    run: (...given) => (access as ProjectAccess).run(...given),
    open(options) {
      const host = (access as ProjectAccess).open(options);
      openings += 1;
      open.add(host);
      const close = host.close.bind(host);
      host.close = async () => {
        await close();
        open.delete(host);
      };
      return host;
    },
  };
  const handlers = createHandlers({
    project: counted,
    name: project,
    root: test.root,
    checkoutFolder: join(test.root, '.state/devservices', checkout),
    clock,
    signal: closing.signal,
  });
  const abort = () => closing.abort(new Error('the API is closed'));
  return {
    test,
    handlers,
    clock,
    open,
    opened: () => openings,
    abort,
    async [Symbol.asyncDispose]() {
      abort();
      await Promise.all([...open].map((host) => host.close()));
      await test.close();
    },
  };
}

/** A call with these values; what else a call has is not looked at. */
export function asked<Params, Query = undefined, Body = undefined>(
  values: Partial<ApiRequest<Params, Query, Body>>,
): ApiRequest<Params, Query, Body> {
  return values as ApiRequest<Params, Query, Body>;
}

type HandlersContext = Parameters<typeof projectHandlers>[0] &
  Parameters<typeof createProjectReader>[0];

function createHandlers(context: HandlersContext) {
  const reader = createProjectReader(context);
  const actions = createServiceActions(context, reader.forget);
  return {
    ...projectHandlers(context),
    ...serviceHandlers({ reader, actions }),
    ...planHandlers({ reader }),
    ...doctorHandlers({ reader }),
    ...statsHandlers({ ...context, reader }),
  };
}
