import { checkDeclaration, isSameDeclaration, type KnownOption } from './check-declaration.ts';
import type { DeclaredOption } from './contract.ts';
import { optionErrors } from './errors.ts';

/** The options that are declared, in their order. */
export interface OptionRegister {
  declare(option: DeclaredOption): void;
  all(): readonly KnownOption[];
  /** Throws DS_OPTION_UNKNOWN. */
  find(key: string): KnownOption;
  /** Those of some keys, each once and in the order of declaration; all where no key is given. */
  select(keys: readonly string[]): { options: readonly KnownOption[]; unknown: readonly string[] };
}

export function createOptionRegister(): OptionRegister {
  const options = new Map<string, KnownOption>();
  const refuse = (key: unknown, problem: string) =>
    optionErrors.create('DS_OPTION_DECLARATION', { key: String(key), problem });
  return {
    declare(option) {
      const checked = checkDeclaration(option);
      if ('problem' in checked) throw refuse(option.key, checked.problem);
      const other = options.get(checked.key);
      if (other && !isSameDeclaration(other, checked)) {
        throw refuse(
          checked.key,
          'it is declared already, with another schema, default or sensitivity',
        );
      }
      if (!other) options.set(checked.key, checked);
    },
    all: () => [...options.values()],
    find(key) {
      const found = options.get(key);
      if (found) return found;
      throw optionErrors.create('DS_OPTION_UNKNOWN', { key, known: [...options.keys()] });
    },
    select(keys) {
      if (keys.length === 0) return { options: [...options.values()], unknown: [] };
      const asked = new Set(keys);
      return {
        options: [...options.values()].filter(({ key }) => asked.has(key)),
        unknown: [...asked].filter((key) => !options.has(key)),
      };
    },
  };
}
