import { serviceErrors } from 'devservices/machine';
import type { Handlers } from '../route.ts';
import type { serviceSpecs } from '../specs/services.ts';
import type { ProjectLook, ProjectReader } from './project-reader.ts';
import type { ServiceActions, TaskFinished } from './service-actions.ts';

type Report = TaskFinished['services'][string];

/** The services, and what is done with them. */
export function serviceHandlers({
  reader,
  actions,
}: {
  reader: ProjectReader;
  actions: ServiceActions;
}): Handlers<(typeof serviceSpecs)[number]> {
  return {
    async 'GET /services'() {
      const { services, warnings } = await reader.look();
      const rows = Object.entries(services).map(([name, report]) => toService(name, report));
      return { services: rows, warnings: [...warnings] };
    },
    async 'GET /services/{name}'({ params: { name } }) {
      return toService(name, findService(await reader.look(), name));
    },
    async 'POST /services/{name}/start'({ params: { name }, body }) {
      await assertConfigured(reader, name);
      const noDeps = body?.noDeps ?? false;
      return toReport('up', await actions.run('up', { services: [name], noDeps }));
    },
    async 'POST /services/{name}/stop'({ params: { name } }) {
      findService(await reader.look(), name);
      return toReport('down', await actions.run('down', { services: [name] }));
    },
    async 'POST /services/{name}/restart'({ params: { name }, body }) {
      await assertConfigured(reader, name);
      const noDeps = body?.noDeps ?? false;
      return toReport('restart', await actions.run('restart', { services: [name], noDeps }));
    },
    async 'GET /endpoints'() {
      const { services } = await reader.look();
      const reached = Object.entries(services).filter(
        ([, { endpoints }]) => Object.keys(endpoints).length > 0,
      );
      return {
        endpoints: Object.fromEntries(reached.map(([name, { endpoints }]) => [name, endpoints])),
      };
    },
  };
}

/** Throws DS_SERVICE_UNKNOWN. */
export function findService({ services }: ProjectLook, name: string): Report {
  const found = Object.hasOwn(services, name) ? services[name] : undefined;
  if (found) return found;
  throw serviceErrors.create('DS_SERVICE_UNKNOWN', {
    names: [name],
    known: Object.keys(services),
  });
}

// Only what is configured can be started: of a broken configuration it is told what is wrong with it.
async function assertConfigured(reader: ProjectReader, name: string): Promise<void> {
  const look = await reader.look();
  if (look.broken !== undefined) throw look.broken;
  findService(look, name);
}

function toService(name: string, { state, runner, reason, endpoints }: Report) {
  return { name, state, runner, reason, endpoints: { ...endpoints } };
}

function toReport(task: 'up' | 'down' | 'restart', { elapsedMs, services }: TaskFinished) {
  const rows = Object.entries(services).map(([name, report]) => [name, toRow(report)] as const);
  return { ok: true as const, task, elapsedMs, services: Object.fromEntries(rows) };
}

function toRow({ data, error, ...report }: Report) {
  return { ...report, ...(data && { data: [...data] }), ...(error && { error: toError(error) }) };
}

function toError({ logs, frames, ...error }: NonNullable<Report['error']>) {
  return { ...error, ...(logs && { logs: [...logs] }), ...(frames && { frames: [...frames] }) };
}
