import { parseArgs } from 'node:util';

/** The flags that every task takes and that change what is loaded. */
export interface HostFlags {
  config: string | undefined;
  project: string | undefined;
  engine: string | undefined;
  set: readonly string[];
  noTelemetry: boolean;
}

/** Reads them from a command line, and passes over everything else. */
export function resolveGlobalFlags(argv: readonly string[]): HostFlags {
  const end = argv.indexOf('--');
  const { values } = parseArgs({
    args: end < 0 ? [...argv] : argv.slice(0, end),
    strict: false,
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      project: { type: 'string' },
      engine: { type: 'string' },
      set: { type: 'string', multiple: true },
      'no-telemetry': { type: 'boolean' },
    },
  });
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const set = Array.isArray(values.set) ? values.set.filter((one) => typeof one === 'string') : [];
  return {
    config: text(values.config),
    project: text(values.project),
    engine: text(values.engine),
    set,
    // Given a value by mistake, it still says what its user does not want.
    noTelemetry: values['no-telemetry'] !== undefined,
  };
}
