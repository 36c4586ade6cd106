import type { KnownOption } from './check-declaration.ts';
import { checkValue } from './check-value.ts';
import type { OptionsReport, OptionValue, Sensitivity } from './contract.ts';
import type { StoredOption } from './option-store.ts';
import type { Sight } from './resolve-sight.ts';

interface Request {
  projects: readonly string[];
  options: readonly KnownOption[];
  sight: Readonly<Record<Sensitivity, Sight>>;
  rows: readonly StoredOption[];
}

/** Every project asked for with every option asked for, whatever is stored. */
export function buildReport(request: Request): OptionsReport['projects'] {
  const { projects, options, sight, rows } = request;
  const seen = options.map((option) => ({ option, sight: sight[option.sensitivity] }));
  const absent = seen.map((one) => ({
    key: one.option.key,
    value: Object.freeze(readAbsent(one)),
  }));
  const byKey = new Map(seen.map((one) => [one.option.key, one]));
  const report = createRecord<Record<string, OptionValue>>();
  for (const project of projects) {
    const values = createRecord<OptionValue>();
    for (const { key, value } of absent) values[key] = value;
    report[project] = values;
  }
  for (const { project, key, value } of rows) {
    const [values, one] = [report[project], byKey.get(key)];
    if (values && one) values[key] = readStored(one, value);
  }
  return report;
}

interface Seen {
  option: KnownOption;
  sight: Sight;
}

// Without a prototype `__proto__` is a name like any other.
const createRecord = <Value>() => Object.create(null) as Record<string, Value>;

function readAbsent({ option, sight }: Seen): OptionValue {
  const { sensitivity, effectiveDefault: effective } = option;
  if (sight !== 'value') return redacted(option, { isStored: false });
  return { isStored: false, stored: undefined, effective, isRedacted: false, sensitivity };
}

function readStored({ option, sight }: Seen, text: string): OptionValue {
  if (sight === 'nothing') return redacted(option, { isStored: false });
  const { stored, checked } = readText(option, text);
  const problem = 'problem' in checked ? checked.problem : undefined;
  if (sight === 'presence') return redacted(option, { isStored: true, problem });
  const effective = 'value' in checked ? checked.value : option.effectiveDefault;
  const { sensitivity } = option;
  return { isStored: true, stored, effective, isRedacted: false, sensitivity, problem };
}

function readText(option: KnownOption, text: string) {
  try {
    const stored = JSON.parse(text) as unknown;
    return { stored, checked: checkValue(option, stored) };
  } catch {
    return { stored: undefined, checked: { problem: 'what is stored is no JSON' } };
  }
}

function redacted(
  { sensitivity }: KnownOption,
  { isStored, problem }: Pick<OptionValue, 'isStored' | 'problem'>,
): OptionValue {
  return {
    isStored,
    stored: undefined,
    effective: undefined,
    isRedacted: true,
    sensitivity,
    problem,
  };
}
