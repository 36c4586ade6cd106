import { findCycle } from '../graph.ts';
import { joinsOf } from '../run/joins.ts';
import { didYouMean } from '../suggestion.ts';
import { checkJoins, portsOf } from './check-joins.ts';
import { checkPortNames, checkPortsOfOthers, namedNeeds, needsOf } from './check-port-names.ts';
import { isMergeable } from './merge-tree.ts';
import type { Finding } from './schema-problems.ts';
import { namePattern, nameType } from './schema-values.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What no schema of one field can see. Takes any value: what is not of the right shape is passed over.
 * `isDraft`: a plugin has changed it.
 */
export function crossCheck(config: Fields, { isDraft = false } = {}): Finding[] {
  const services = records(config['services']);
  const tasks = records(config['tasks']);
  return [
    ...checkNames(config['services'], 'services'),
    ...checkNames(config['tasks'], 'tasks'),
    ...checkDependencies(services),
    ...checkRings(services, needsOf, 'services', 'dependsOn'),
    ...checkRings(tasks, ({ needs }) => texts(needs), 'tasks', 'needs'),
    ...Object.entries(services).flatMap(([name, service]) => checkPortNames(name, service)),
    // What a plugin took over from a field of its own is its user's to mend: the plan tells of that.
    ...(isDraft ? [] : checkPortsOfOthers(services)),
    ...checkHostPorts(services),
    ...checkJoins(services),
    ...checkExports(services),
  ];
}

function checkNames(given: unknown, area: string): Finding[] {
  if (!isMergeable(given)) return [];
  return Object.keys(given)
    .filter((name) => !namePattern.test(name))
    .map((name) => ({ path: [area, name], text: `Expected its key to be ${nameType}.` }));
}

function checkDependencies(services: Record<string, Fields>): Finding[] {
  const known = Object.keys(services);
  return Object.entries(services).flatMap(([name, service]) => {
    const { dependsOn } = service;
    return namedNeeds(service)
      .filter((need) => !Object.hasOwn(services, need))
      .filter((need) => {
        const entry = isMergeable(dependsOn) ? dependsOn[need] : undefined;
        return !(isMergeable(entry) && entry['required'] === false);
      })
      .map((need) => ({
        path: ['services', name, 'dependsOn', keyOf(dependsOn, need)],
        text: `There is no service "${need}".${didYouMean(need, known)}`,
      }));
  });
}

function checkRings(
  named: Record<string, Fields>,
  needs: (each: Fields) => string[],
  area: string,
  field: string,
): Finding[] {
  const edges: Record<string, string[]> = Object.fromEntries(
    Object.entries(named).map(([name, each]) => [name, needs(each)]),
  );
  const findings: Finding[] = [];
  for (let ring = findCycle(edges); ring; ring = findCycle(edges)) {
    const [from, to] = ring.slice(-2) as [string, string];
    const path =
      namedNeeds(named[from] ?? {}).includes(to) || field !== 'dependsOn'
        ? [area, from, field, keyOf(named[from]?.[field], to)]
        : [area, from, 'run'];
    findings.push({ path, text: `These wait for one another: ${ring.join(' → ')}.` });
    edges[from] = (edges[from] ?? []).filter((need) => need !== to);
  }
  return findings;
}

function checkHostPorts(services: Record<string, Fields>): Finding[] {
  const taken: { service: string; port: string; key: string }[] = [];
  return Object.entries(services).flatMap(([service, fields]) => {
    // What shares another service's network publishes nothing of its own.
    if (joinsOf(fields['run']).some(({ field }) => field === 'networkMode')) return [];
    return portsOf(fields).flatMap(({ name: port, host, protocol }): Finding[] => {
      if (typeof host !== 'number') return [];
      const key = `${host}/${protocol}`;
      const other = taken.find(
        (each) => each.key === key && canMeet(services, each.service, service),
      );
      taken.push({ service, port, key });
      if (!other) return [];
      const text = `Port ${host} of this machine is also that of ${other.service}.ports.${other.port}; use { container, host } or host: 'auto'.`;
      return [{ path: ['services', service, 'ports', port], text }];
    });
  });
}

function checkExports(services: Record<string, Fields>): Finding[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const from = new Map<string, string>();
    return needsOf(service).flatMap((need) =>
      Object.keys(fieldsOf(services[need]?.['exports'])).flatMap((key): Finding[] => {
        const other = from.get(key);
        from.set(key, need);
        if (other === undefined || other === need) return [];
        const text = `${key} is also exported by ${other}, and ${name} depends on both.`;
        return [{ path: ['services', need, 'exports', key], text }];
      }),
    );
  });
}

// Services that are never chosen together by default may share a port, as two versions of one do.
function canMeet(services: Record<string, Fields>, a: string, b: string): boolean {
  const [first, second] = [texts(services[a]?.['profiles']), texts(services[b]?.['profiles'])];
  const areApart =
    first.length > 0 && second.length > 0 && !first.some((profile) => second.includes(profile));
  return !areApart && services[a]?.['onlyIf'] !== false && services[b]?.['onlyIf'] !== false;
}

function keyOf(dependsOn: unknown, need: string): string {
  return Array.isArray(dependsOn) ? String(dependsOn.indexOf(need)) : need;
}

const fieldsOf = (value: unknown): Fields => (isMergeable(value) ? value : {});

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

function records(value: unknown): Record<string, Fields> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).filter((each): each is [string, Fields] =>
      isMergeable(each[1]),
    ),
  );
}
