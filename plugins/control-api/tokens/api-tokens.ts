/**
 * Tokens by which tools ask on behalf of a user. What is kept is a hash: a token is seen when it is made,
 * and never again.
 */
export interface ApiTokens {
  /**
   * Throws DS_API_TOKEN_INVALID, DS_API_TOKEN_EXISTS, DS_API_PERMISSION_UNKNOWN, and for the user what
   * `permissions` throws.
   */
  add(request: NewToken): Promise<{ token: string; entry: ApiToken }>;
  /** All that ever were, by name; of one name the newest first. */
  list(): Promise<readonly ApiToken[]>;
  /** By name, `id:ID` or the token itself. Throws DS_API_TOKEN_UNKNOWN. */
  revoke(request: {
    token: string;
    by: string;
  }): Promise<{ change: 'revoked' | 'unchanged'; entry: ApiToken }>;
  /**
   * Who comes with a token, as it is at this moment; undefined for one that is unknown, revoked or
   * expired, or whose user is gone or inactive: nothing is told apart.
   *
   * @example
   * const found = await tokens.find('dst_…'); // { name: 'ci', user: 'ada', … }
   */
  find(text: string): Promise<FoundToken | undefined>;
  /** The same of a token that was found before, by its id; does not count as a use. */
  look(id: string): Promise<FoundToken | undefined>;
  /** Hears of each that is revoked in this process, at once; returns how to leave. */
  onRevoked(listener: (id: string) => void): () => void;
}

export interface NewToken {
  /** Unique among those that are still good. */
  name: string;
  /** Whom it speaks for, by name as `permissions` finds them. */
  user: string;
  /** What it may do of what its user may; default: nothing, it reads. */
  permissions?: readonly string[] | undefined;
  /** Whether it may also decide who may do what. Default: false. */
  sudo?: boolean | undefined;
  /** `30d`, `12h`, or when (ISO 8601). Default: never. */
  expires?: string | undefined;
  /** For audit logs: `os:ada`. */
  by: string;
}

/** A token as it is listed. Times are ISO 8601. */
export interface ApiToken {
  id: string;
  name: string;
  user: string;
  permissions: readonly string[];
  sudo: boolean;
  /** `live` says nothing of its user. */
  state: 'live' | 'expired' | 'revoked';
  created: string;
  createdBy: string;
  expires: string | null;
  revoked: string | null;
  revokedBy: string | null;
  /** To the minute. */
  lastUsed: string | null;
}

/** A token that is good. */
export interface FoundToken {
  id: string;
  name: string;
  user: string;
  permissions: readonly string[];
  sudo: boolean;
}
