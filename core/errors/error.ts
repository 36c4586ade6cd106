/**
 * Who has to act: decides the exit status, and whether a report may leave the machine.
 *
 * | blame         | exit | meaning                                              |
 * | ------------- | ---- | ---------------------------------------------------- |
 * | `outcome`     | 1    | it was tried and did not work (a service, a probe)   |
 * | `user`        | 2    | arguments or configuration                           |
 * | `environment` | 3    | engine, ports, tools, network, disk                  |
 * | `plugin`      | 4    | a plugin's code                                      |
 * | `bug`         | 70   | this project's code                                  |
 */
export type Blame = 'outcome' | 'user' | 'environment' | 'plugin' | 'bug';

/** Permanent name of an error: `DS_AREA_PROBLEM`. */
export type ErrorCode = `DS_${string}`;

export interface ErrorInit {
  code: ErrorCode;
  blame: Blame;
  /** What happened and why: whole sentences, no colour, no "Error:" in front. */
  message: string;
  /** The one thing to do next. */
  hint: string;
  /** What the message was made of; never a secret. */
  facts?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

// A plugin may load its own copy of this module: the brand is shared by all copies, a class is not.
const brand = Symbol.for('devservices.error');

/**
 * "Cannot go on": the one exception class of devservices.
 *
 * @example
 * throw new DevServicesError({
 *   code: 'DS_MAILPIT_FULL', blame: 'environment',
 *   message: 'The mailbox is full.', hint: 'Run `devservices reset mailpit`.',
 * });
 */
export class DevServicesError extends Error {
  override readonly name = 'DevServicesError';
  readonly code: ErrorCode;
  readonly blame: Blame;
  readonly hint: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(init: ErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.blame = init.blame;
    this.hint = init.hint;
    this.facts = init.facts ?? {};
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a thrown value is ours, whichever copy of this package made it. */
export function isDevServicesError(value: unknown): value is DevServicesError {
  return value instanceof Error && brand in value;
}

/** One entry of an error catalogue; `Facts` is what its sentences are made of. */
export interface ErrorEntry<Facts> {
  blame: Blame;
  /** A heading for docs/errors.md. */
  title: string;
  message: (facts: Facts) => string;
  hint: (facts: Facts) => string;
}

type Catalogue = Readonly<Record<ErrorCode, ErrorEntry<never>>>;
type FactsOf<Entry> = Entry extends ErrorEntry<infer Facts> ? Facts : never;

/** Makes the errors of one catalogue. */
export interface ErrorFactory<Entries extends Catalogue> {
  readonly entries: Entries;
  create<Code extends keyof Entries & ErrorCode>(
    code: Code,
    facts: FactsOf<Entries[Code]>,
    cause?: unknown,
  ): DevServicesError;
}

/**
 * Declares the errors of one area; docs/errors.md is generated from all catalogues.
 *
 * @example
 * const errors = defineErrors({ DS_MAIL_FULL: entry<{ box: string }>({ … }) });
 * throw errors.create('DS_MAIL_FULL', { box: 'inbox' });
 */
export function defineErrors<Entries extends Catalogue>(entries: Entries): ErrorFactory<Entries> {
  return {
    entries,
    create(code, facts, cause) {
      const { blame, message, hint } = entries[code] as ErrorEntry<unknown>;
      return new DevServicesError({
        code,
        blame,
        message: message(facts),
        hint: hint(facts),
        facts: facts as Record<string, unknown>,
        cause,
      });
    },
  };
}

/** Types one entry's facts: `entry<{ path: string }>({ … })`. */
export function entry<Facts>(value: ErrorEntry<Facts>): ErrorEntry<Facts> {
  return value;
}
