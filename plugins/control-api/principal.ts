/** Who asks. */
export type Principal =
  /** Who owns the checkout's files, and needs no leave. */
  | { kind: 'owner' }
  /** A user of the store, by name as `permissions` finds them. */
  | { kind: 'user'; user: string }
  | TokenPrincipal
  | { kind: 'anonymous' };

/** A tool with a token that a user made: it may do what both may. */
export interface TokenPrincipal {
  kind: 'token';
  id: string;
  name: string;
  user: string;
  permissions: readonly string[];
  /** Whether it may also decide who may do what. */
  sudo: boolean;
}
