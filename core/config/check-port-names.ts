import { portsNamed } from '../addresses.ts';
import { joinsOf } from '../run/joins.ts';
import { didYouMean } from '../suggestion.ts';
import { portsOf } from './check-joins.ts';
import { isMergeable } from './merge-tree.ts';
import type { Finding } from './schema-problems.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Checks that the ports of its own which a service's readiness and templates name are there, each once. */
export function checkPortNames(name: string, service: Fields): Finding[] {
  const known = portsOf(service).map((port) => port.name);
  const unknown = (port: unknown, path: readonly string[]): Finding[] =>
    typeof port !== 'string' || known.includes(port)
      ? []
      : [{ path, text: `The service has no port "${port}".${portHint(port, known)}` }];
  const ofReadiness = (ready: unknown, path: readonly string[]): Finding[] => {
    const { kind, port, of } = fieldsOf(ready);
    if (kind === 'all' && Array.isArray(of)) {
      return of.flatMap((each, index) => ofReadiness(each, [...path, 'of', String(index)]));
    }
    return kind === 'http' || kind === 'port' ? unknown(port, [...path, 'port']) : [];
  };
  const base = ['services', name];
  return [
    ...known
      .filter((port, index) => known.indexOf(port) !== index)
      .map((port) => ({
        path: [...base, 'ports', port],
        text: 'A port of a range has this name as well.',
      })),
    ...ofReadiness(service['ready'], [...base, 'ready']),
    ...portsIn(service['exports'], [...base, 'exports']).flatMap(({ port, path }) =>
      unknown(port, path),
    ),
    ...portsOfRuns(name, service).flatMap(({ port, path }) =>
      port.includes('.') ? [] : unknown(port, path),
    ),
  ];
}

/** Checks that ports of other services in templates of `environment` are there, and depended on. */
export function checkPortsOfOthers(services: Readonly<Record<string, Fields>>): Finding[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const needs = needsOf(service);
    return portsOfRuns(name, service).flatMap(({ port: named, path }): Finding[] => {
      const [need, port] = named.split('.') as [string, string?];
      if (port === undefined) return [];
      if (!needs.includes(need)) {
        const why = Object.hasOwn(services, need)
          ? `The service does not depend on "${need}": add it to dependsOn.`
          : `There is no service "${need}".${didYouMean(need, needs)}`;
        return [{ path, text: why }];
      }
      // An optional one that is not there at all leaves the variable out.
      const known = Object.hasOwn(services, need)
        ? portsOf(services[need] ?? {}).map((each) => each.name)
        : [port];
      if (known.includes(port)) return [];
      return [{ path, text: `${need} has no port "${port}".${portHint(port, known)}` }];
    });
  });
}

/** Services that a service depends on, by name or because it joins their network or the like. */
export function needsOf(service: Fields): string[] {
  const joined = joinsOf(service['run']).map((join) => join.service);
  return [...new Set([...namedNeeds(service), ...joined])];
}

/** What `dependsOn` names. */
export function namedNeeds({ dependsOn }: Fields): string[] {
  if (!Array.isArray(dependsOn)) return Object.keys(fieldsOf(dependsOn));
  return dependsOn.filter((each) => typeof each === 'string');
}

interface NamedPort {
  port: string;
  path: readonly string[];
}

function portsOfRuns(name: string, service: Fields): NamedPort[] {
  return Object.entries(fieldsOf(service['run'])).flatMap(([key, run]) =>
    portsIn(fieldsOf(run)['environment'], ['services', name, 'run', key, 'environment']),
  );
}

// A list of lines as well: what stands before the `=` names no port.
function portsIn(variables: unknown, path: readonly string[]): NamedPort[] {
  const values = Array.isArray(variables)
    ? Object.entries<unknown>(variables)
    : Object.entries(fieldsOf(variables));
  return values.flatMap(([key, value]) =>
    typeof value === 'string'
      ? portsNamed(value).map((port) => ({ port, path: [...path, key] }))
      : [],
  );
}

function portHint(port: string, known: readonly string[]): string {
  const meant = didYouMean(port, known);
  return meant || (known.length === 0 ? ' It has none.' : ` It has: ${known.join(', ')}.`);
}

const fieldsOf = (value: unknown): Fields => (isMergeable(value) ? value : {});
