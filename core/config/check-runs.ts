import { z } from 'zod';
import { closestName, didYouMean } from '../suggestion.ts';
import type { RunKinds } from './core-kinds.ts';
import { isMergeable } from './merge-tree.ts';
import { describeValue, type Finding, findingsOf } from './schema-problems.ts';

/** The checked runs of one service by key, and what is wrong with them. */
export interface CheckedRuns {
  runs: Record<string, unknown>;
  findings: Finding[];
}

/** Checks the runs of one service, each by the schema of its kind. */
export function checkRuns(
  service: string,
  run: unknown,
  { kinds, services }: { kinds: RunKinds; services: readonly string[] },
): CheckedRuns {
  const path = ['services', service, 'run'];
  if (run === undefined) {
    const others = services.filter((name) => name !== service);
    const meant =
      closestName(service, others) === undefined
        ? ' No layer says how it runs.'
        : didYouMean(service, others);
    return { runs: {}, findings: [{ path, text: `Expected a run, found nothing.${meant}` }] };
  }
  if (!isMergeable(run) || Object.keys(run).length === 0) {
    const found = isMergeable(run) ? 'an empty record' : describeValue(run);
    return {
      runs: {},
      findings: [{ path, text: `Expected a run, or a record of runs, found ${found}.` }],
    };
  }
  const named = Object.keys(run).find((key) => isMergeable(run[key]));
  // A change laid over a service that no other layer has, as one of another branch is.
  const isChange = Object.values(run).every(
    (each) => isMergeable(each) && each['kind'] === undefined,
  );
  const checked = Object.entries(run).map(([key, each]) => {
    const { run: found, findings } = checkRun(each, [...path, key], kinds);
    if (isChange) {
      const lone = loneText(service, services);
      return { run: found, findings: findings.map((one) => ({ ...one, text: one.text + lone })) };
    }
    if (isMergeable(each) || named === undefined) return { run: found, findings };
    // A field, one step too high: a single run has a name as well.
    const meant = ` Fields of the run stand below its name: ${[...path, named, key].join('.')}.`;
    return { run: found, findings: findings.map((one) => ({ ...one, text: one.text + meant })) };
  });
  return {
    runs: Object.fromEntries(Object.keys(run).map((key, index) => [key, checked[index]?.run])),
    findings: checked.flatMap(({ findings }) => findings),
  };
}

function loneText(service: string, services: readonly string[]): string {
  const meant = didYouMean(
    service,
    services.filter((name) => name !== service),
  );
  const guess = meant === '' ? ': it may be gone from the configuration.' : `.${meant}`;
  return ` No layer says how ${service} runs${guess}`;
}

function checkRun(
  run: unknown,
  at: readonly string[],
  kinds: RunKinds,
): { run?: unknown; findings: Finding[] } {
  if (!isMergeable(run)) {
    const text = `Expected a run such as container({ image }), found ${describeValue(run)}.`;
    return { findings: [{ path: at, text }] };
  }
  const { kind } = run;
  const known = [...kinds.keys()];
  if (typeof kind !== 'string' || !kinds.has(kind)) {
    const meant = typeof kind === 'string' ? didYouMean(kind, known) : '';
    const text = `Expected a kind of run that a plugin brings (${known.join(', ')}), found ${describeValue(kind)}.${meant}`;
    return { findings: [{ path: [...at, 'kind'], text }] };
  }
  const schema = kinds.get(kind) ?? z.looseObject({ kind: z.string() });
  const parsed = schema.safeParse(run);
  if (!parsed.success) {
    return { findings: findingsOf(parsed.error.issues, { schema, value: run, at }) };
  }
  // A plugin's schema need not know `kind`.
  const checked = isMergeable(parsed.data) ? { ...parsed.data, kind } : run;
  return { run: checked, findings: [] };
}
