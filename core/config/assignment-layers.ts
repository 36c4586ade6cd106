import { configErrors } from '../errors/catalogue/config.ts';
import type { Layer } from './layer.ts';
import { parseAssignment, parseValue } from './value-path.ts';

/** What flags say of the configuration. */
export interface ConfigFlags {
  readonly project?: string | undefined;
  readonly engine?: string | undefined;
  /** `--set PATH=VALUE`, each. */
  readonly set?: readonly string[] | undefined;
  /** `--no-telemetry`. */
  readonly noTelemetry?: boolean | undefined;
}

/** Variables that have a name of their own. */
export const namedVariables = [
  { variable: 'DEVSERVICES_PROJECT', key: 'project' },
  { variable: 'DEVSERVICES_ENGINE', key: 'engine.url' },
] as const;

const prefix = 'DEVSERVICES__';

/**
 * One layer for each variable that configures something, in the order of their names.
 * Throws DS_CONFIG_ASSIGNMENT for a variable whose name has a gap.
 *
 * @example environmentLayers({ DEVSERVICES__SERVICES__REDIS__RUN__DOCKER__IMAGE: 'redis:8' })
 */
export function environmentLayers(env: Readonly<Record<string, string | undefined>>): Layer[] {
  const named = namedVariables.flatMap(({ variable, key }): Layer[] => {
    const value = env[variable];
    return value ? [{ name: 'environment', source: variable, value, at: exactly(key) }] : [];
  });
  const general = Object.keys(env)
    .filter((variable) => variable.startsWith(prefix) && env[variable] !== undefined)
    .toSorted()
    .map((variable): Layer => {
      const path = variable.slice(prefix.length).split('__');
      if (path.includes('')) {
        const facts = { source: `$${variable}`, reason: 'a name between two "__" is missing' };
        throw configErrors.create('DS_CONFIG_ASSIGNMENT', facts);
      }
      const value = parseValue(env[variable] ?? '');
      return { name: 'environment', source: variable, value, at: { path, folded: true } };
    });
  return [...named, ...general];
}

/** One layer for each flag; a later `--set` wins. Throws DS_CONFIG_ASSIGNMENT. */
export function flagLayers({ project, engine, set = [], noTelemetry }: ConfigFlags): Layer[] {
  const given = { project: ['project', project], engine: ['engine.url', engine] } as const;
  const named = Object.entries(given).flatMap(([flag, [key, value]]): Layer[] =>
    value === undefined ? [] : [{ name: 'flag', source: `--${flag}`, value, at: exactly(key) }],
  );
  const assigned = set.map((text): Layer => {
    const { source, path, value } = parseAssignment(text);
    return { name: 'flag', source, value, at: { path, folded: false } };
  });
  const last = noTelemetry ? [silence('flag', '--no-telemetry')] : [];
  return [...named, ...assigned, ...last];
}

/** Above all others: what its user has said to every program of this machine (consoledonottrack.com). */
export function doNotTrackLayers(env: Readonly<Record<string, string | undefined>>): Layer[] {
  const said = env['DO_NOT_TRACK'] ?? '';
  return ['', '0', 'false'].includes(said.toLowerCase())
    ? []
    : [silence('environment', 'DO_NOT_TRACK')];
}

const silence = (name: Layer['name'], source: string): Layer => ({
  name,
  source,
  value: false,
  at: exactly('telemetry'),
});

const exactly = (key: string) => ({ path: key.split('.'), folded: false });
