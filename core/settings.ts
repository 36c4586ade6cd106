import type { z } from 'zod';
import { pluginErrors } from './errors/catalogue/plugin.ts';
import type { DevServicesError } from './errors/error.ts';
import { didYouMean } from './suggestion.ts';

/** One option of a project: what it may be, its default, and the names it had before. */
export interface Setting {
  readonly description: string;
  readonly schema: z.ZodType;
  readonly default?: unknown;
  /** Missing is an error of `initialize`, all of them at once. */
  readonly required?: boolean;
  /** Earlier names, and `$NAME` for earlier variables: taken over with a warning. */
  readonly legacy?: readonly string[];
}

/** Settings by dotted key: `log.level`. */
export type Settings = Readonly<Record<string, Setting>>;

export interface SettingsResolution {
  values: Readonly<Record<string, unknown>>;
  /** One for each legacy name that was used. */
  warnings: readonly string[];
  errors: readonly DevServicesError[];
}

/**
 * Gives every declared setting its value: what is set, else what a legacy name sets, else the default.
 * Unknown keys, wrong values and missing ones come as errors, all at once.
 */
export function resolveSettings(options: {
  declared: readonly { owner: string; settings: Settings }[];
  given: Readonly<Record<string, unknown>>;
  env: Readonly<Record<string, string | undefined>>;
}): SettingsResolution {
  const { declared, given, env } = options;
  const all = declared.flatMap(({ owner, settings }) =>
    Object.entries(settings).map(([key, setting]) => ({ owner, key, setting })),
  );
  const values: Record<string, unknown> = {};
  const warnings: string[] = [];
  const problems: string[] = [];
  const missing: { key: string; description: string; owner: string }[] = [];
  for (const { owner, key, setting } of all) {
    const found = findValue(key, setting, { given, env });
    for (const [index, name] of found.legacy.entries()) {
      const isUsed = index === 0 && !found.isSet;
      warnings.push(
        isUsed
          ? `${name} is an old name: set the option ${key} instead.`
          : `${name} is an old name of the option ${key}, which is set otherwise: remove the old one.`,
      );
    }
    if (found.value === undefined) {
      if (setting.required) missing.push({ key, owner, description: setting.description });
      else if (setting.default !== undefined) values[key] = setting.default;
      continue;
    }
    const parsed = setting.schema.safeParse(found.value);
    if (parsed.success) values[key] = parsed.data;
    else problems.push(`${key}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
  }
  const names = new Set(
    all
      .flatMap(({ key, setting }) => [key, ...(setting.legacy ?? [])])
      .filter((name) => !name.startsWith('$')),
  );
  for (const key of Object.keys(given)) {
    if (!names.has(key)) problems.push(`${key}: there is no such option.${didYouMean(key, names)}`);
  }
  const errors = [
    ...(problems.length > 0 ? [pluginErrors.create('DS_SETTING_INVALID', { problems })] : []),
    ...(missing.length > 0 ? [pluginErrors.create('DS_SETTING_REQUIRED', { missing })] : []),
  ];
  return { values, warnings, errors };
}

interface FoundValue {
  value: unknown;
  /** The old names that are given, the one that counts first. */
  legacy: readonly string[];
  /** Whether the option itself is given: then no old name counts. */
  isSet: boolean;
}

function findValue(
  key: string,
  { legacy = [] }: Setting,
  { given, env }: Pick<Parameters<typeof resolveSettings>[0], 'given' | 'env'>,
): FoundValue {
  const read = (name: string): unknown => {
    if (name.startsWith('$')) return env[name.slice(1)];
    return Object.hasOwn(given, name) ? given[name] : undefined;
  };
  const own = read(key);
  const old = legacy.filter((name) => read(name) !== undefined);
  return { value: own ?? read(old[0] ?? key), legacy: old, isSet: own !== undefined };
}
