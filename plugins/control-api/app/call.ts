import type { As } from '../client.ts';
import type { Principal } from '../principal.ts';
import type { Link } from './call-chain.ts';

/** Over HTTP: everything else stands in the request's headers. */
export interface HttpCall {
  /** Whoever has this one is the owner. */
  readonly ownerToken: string;
  /** From which the request came. */
  readonly address: string;
  /** Aborts when the server closes. */
  readonly signal: AbortSignal;
}

/** In this process. */
export interface ProcessCall {
  readonly acting: Acting;
  /** The calls that are being answered by what makes this one. */
  readonly parents: readonly Link[];
}

export type ApiCall = HttpCall | ProcessCall;

/** As whom a call is made, as it was said. */
export interface Acting {
  readonly as?: As | undefined;
  /** Instead of `as`: who was found before. */
  readonly principal?: Principal | undefined;
  readonly superuser?: boolean | undefined;
  readonly sudo?: boolean | undefined;
}

/** What became known of a call on its way, for the audit log and the metrics. */
export interface Trace {
  /** Path of its route, empty where there is none. */
  route: string;
  by: string;
  code?: string | undefined;
}
