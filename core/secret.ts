/** Where a secret's value comes from; resolved when the plan is made, redacted wherever printed. */
export type SecretSource =
  | { readonly value: string }
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] };

/** A value that must never be seen; `$secret` is how JSON and YAML write it. */
export interface Secret {
  readonly $secret: SecretSource;
}

/**
 * Marks a value as secret.
 *
 * @example secret({ env: 'STRIPE_KEY' })
 * @example secret({ command: ['op', 'read', 'op://dev/db/password'] })
 */
export function secret(source: string | SecretSource): Secret {
  return { $secret: typeof source === 'string' ? { value: source } : source };
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && '$secret' in value;
}
