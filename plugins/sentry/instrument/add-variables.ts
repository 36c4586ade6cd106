import type { ContainerFields } from 'devservices';
import { isDevServicesError, resolveTemplate } from 'devservices/machine';

/** `environment` of a run, as a configuration has it. */
export type GivenEnvironment = ContainerFields['environment'];

type EnvironmentFunction = Extract<GivenEnvironment, (...args: never[]) => unknown>;
type AddressBook = Parameters<EnvironmentFunction>[0];

/** The environment with further variables, in the form that it has; its own of the same name win. Pure. */
export function addVariables(
  given: GivenEnvironment,
  added: Readonly<Record<string, string>>,
): GivenEnvironment {
  if (typeof given === 'function') {
    return (book) => {
      const own: unknown = given(book);
      // What is no record is told of as it is.
      return isPlain(own) ? { ...fill(added, book), ...own } : (own as ReturnType<typeof given>);
    };
  }
  const own = new Set(namesOf(given));
  const missing = Object.entries(added).filter(([name]) => !own.has(name));
  if (isList(given)) return [...given, ...missing.map(([name, value]) => `${name}=${value}`)];
  return { ...Object.fromEntries(missing), ...given };
}

/** Names that an environment has, those that it leaves out by `null` too; of a function none are known. */
export function namesOf(given: GivenEnvironment): string[] {
  if (given === undefined || typeof given === 'function') return [];
  return isList(given) ? given.map((line) => line.split('=', 1)[0] ?? '') : Object.keys(given);
}

// For a function the addresses are its own to fill in.
function fill(added: Readonly<Record<string, string>>, book: AddressBook): Record<string, string> {
  const filled = Object.entries(added).flatMap(([name, value]): [string, string][] => {
    try {
      return [[name, resolveTemplate(value, book, undefined)]];
    } catch (thrown) {
      // Of a service that takes no part there is no address.
      if (isDevServicesError(thrown) && thrown.code === 'DS_PORT_UNKNOWN') return [];
      throw thrown;
    }
  });
  return Object.fromEntries(filled);
}

const isList = (value: GivenEnvironment): value is readonly string[] => Array.isArray(value);

const isPlain = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Promise);
