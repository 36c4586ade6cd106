import type { Contracts, PluginContext } from 'devservices';
import type { ContractToken } from 'devservices/runner';
import type { Clock, ProjectAccess } from 'devservices/machine';
import type { ApiMetrics } from './api-metrics.ts';
import type { ApiDocument } from './openapi/api-document.ts';

/** What handlers work with. */
export interface ApiContext {
  readonly project: ProjectAccess;
  /** Name of the project. */
  readonly name: string;
  /** Folder of the configuration. */
  readonly root: string;
  /** This checkout's own folder; the journal is `events.ndjson` in it. */
  readonly checkoutFolder: string;
  readonly clock: Clock;
  readonly log: PluginContext<unknown>['log'];
  readonly events: PluginContext<unknown>['events'];
  readonly metrics: PluginContext<unknown>['metrics'];
  /** What this API counts of itself: `createApiMetrics()`, one for each API. */
  readonly apiMetrics: ApiMetrics;
  /** Throws DS_CONTRACT_MISSING, which is told as 404. */
  use<Token extends ContractToken>(token: Token): Promise<Contracts[Token]>;
  /** The OpenAPI document of every route, also of those that plugins added. */
  describe(): ApiDocument;
  /** Aborts when the API is closed. */
  readonly signal: AbortSignal;
}
