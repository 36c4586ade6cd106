import type { ApiContext } from '../api-context.ts';

/** What goes with a request that came over HTTP. */
export interface Caller {
  /** Whoever has this one is the owner. */
  ownerToken: string;
  /** From which the request came. */
  address: string;
  /** Aborts when the server closes. */
  signal: AbortSignal;
}

type EventBody = Parameters<ApiContext['events']['emit']>[0];

export type AuditedCall = Omit<Extract<EventBody, { event: 'api-called' }>, 'event'>;

/** What a server serves. */
export interface ServedApp {
  fetch(request: Request, caller: Caller): Response | Promise<Response>;
  /** Gets every refusal of the server's own; what the app refuses, the app tells. */
  audit(call: AuditedCall): void;
  log: ApiContext['log'];
}
