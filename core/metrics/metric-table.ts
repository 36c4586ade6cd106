import type {
  MetricDrop,
  MetricKind,
  MetricOptions,
  MetricRow,
  MetricSample,
  MetricTags,
} from '../metrics.ts';
import { checkTags, isLegalKey } from './legal-tags.ts';
import type { MetricsLimits } from './limits.ts';
import { addValue, type Reservoir } from './reservoir.ts';
import { addTotals, type Totals } from './totals.ts';

/** One key with its tags: what came since the last time it was taken, and what was before. */
export interface TableRow extends Totals, Reservoir {
  readonly kind: MetricKind;
  readonly key: string;
  /** One object for each row: who keeps samples by row keeps them by this. */
  readonly tags: Readonly<Record<string, string>>;
  before: Totals | undefined;
  isChanged: boolean;
}

/** Why there is no row for a measurement. */
export interface Refusal {
  drop: MetricDrop;
  why: string;
}

export interface Asked {
  kind: MetricKind;
  key: string;
  instance: MetricOptions['instance'];
  tags: MetricTags;
}

/** Everything that was recorded. */
export interface MetricTable {
  /** The row, new or not; checks everything. Where some tags are not legal, `isStrict` refuses. */
  rowOf(asked: Asked): TableRow | Refusal;
  add(row: TableRow, value: number, weight: number): void;
  /** How many rows have changed since they were taken. */
  changed(): number;
  /** What came since the last time. */
  take(): readonly MetricSample[];
  snapshot(): readonly MetricRow[];
}

export function createMetricTable({
  limits,
  random,
  isStrict,
  onChange,
}: {
  limits: MetricsLimits;
  random(): number;
  isStrict: boolean;
  /** A row has changed for the first time since it was taken. */
  onChange(): void;
}): MetricTable {
  const rows = new Map<string, TableRow>();
  const keys = new Map<string, { kind: MetricKind; tagSets: number }>();
  const picking = { most: limits.values, random };
  let changed: TableRow[] = [];
  return {
    rowOf({ kind, instance, tags: given, ...asked }) {
      const key = instance === undefined ? asked.key : `${asked.key}.${instance}`;
      if (!isLegalKey(key))
        return illegal('it begins with no letter, is too long or has odd signs');
      const known = keys.get(key);
      if (known && known.kind !== kind) return illegal(`it is a ${known.kind}, and no ${kind}`);
      const { tags, illegal: names } = checkTags(given);
      if (isStrict && names.length > 0) {
        return illegal(
          `it may have no tag ${names.map((name) => JSON.stringify(name)).join(', ')}`,
        );
      }
      const id = `${key}\n${Object.entries(tags).flat().join('\n')}`;
      const found = rows.get(id);
      if (found) return found;
      const { tagSets } = known ?? { tagSets: 0 };
      if (tagSets >= limits.tagSets || rows.size >= limits.rows) {
        return { drop: 'cardinality', why: 'its tags have too many different values' };
      }
      keys.set(key, { kind, tagSets: tagSets + 1 });
      const row = createRow({ kind, key, tags });
      rows.set(id, row);
      return row;
    },
    add(row, value, weight) {
      row.count += weight;
      row.sum += value * weight;
      if (value < row.min) row.min = value;
      if (value > row.max) row.max = value;
      row.last = value;
      if (row.kind === 'timing' || row.kind === 'distribution') addValue(row, value, picking);
      if (row.isChanged) return;
      row.isChanged = true;
      changed.push(row);
      onChange();
    },
    changed: () => changed.length,
    take() {
      const taken = changed;
      changed = [];
      return taken.map(takeRow);
    },
    snapshot: () =>
      [...rows.values()].map((row) => ({
        ...identityOf(row),
        ...addTotals(row.before ?? none, row),
      })),
  };
}

// No measurement yet: whatever is added is all there is.
const none: Totals = { count: 0, sum: 0, min: Infinity, max: -Infinity, last: 0 };

const createRow = (of: Pick<TableRow, 'kind' | 'key' | 'tags'>): TableRow => ({
  ...of,
  ...none,
  values: [],
  seen: 0,
  before: undefined,
  isChanged: false,
});

function takeRow(row: TableRow): MetricSample {
  const totals = addTotals(none, row);
  const sample = { ...identityOf(row), ...totals, values: Object.freeze(row.values) };
  row.before = addTotals(row.before ?? none, row);
  Object.assign(row, none, { last: row.last, values: [], seen: 0, isChanged: false });
  return Object.freeze(sample);
}

const identityOf = ({ kind, key, tags }: TableRow): Pick<TableRow, 'kind' | 'key' | 'tags'> => ({
  kind,
  key,
  tags,
});

const illegal = (why: string): Refusal => ({ drop: 'illegal', why });
