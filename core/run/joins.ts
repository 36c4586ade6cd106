/** A container that shares something of another service's. */
export interface Join {
  /** Key of the run in the service. */
  runKey: string | undefined;
  field: 'networkMode' | 'pid' | 'ipc';
  service: string;
}

const fields = ['networkMode', 'pid', 'ipc'] as const;

/** What a service's runs share with other services (`networkMode: 'service:db'`). Takes any value. */
export function joinsOf(run: unknown): Join[] {
  if (!isRecord(run)) return [];
  if (typeof run['kind'] === 'string') return joinsOfRun(run, undefined);
  return Object.entries(run).flatMap(([key, each]) =>
    isRecord(each) ? joinsOfRun(each, key) : [],
  );
}

function joinsOfRun(run: Readonly<Record<string, unknown>>, runKey: string | undefined): Join[] {
  return fields.flatMap((field) => {
    const value = run[field];
    if (typeof value !== 'string' || !value.startsWith('service:')) return [];
    return [{ runKey, field, service: value.slice('service:'.length) }];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
