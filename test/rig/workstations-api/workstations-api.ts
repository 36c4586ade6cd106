import type { ApiCall } from './answer-call.ts';
import type { CloudError, CloudPlace } from './cloud.ts';

/** What becomes of a call that is not simply answered. */
export type ApiFault =
  /** In Google's form of an error, unless a body is given. */
  | { status: number; message?: string; body?: string }
  /** Never answered. */
  | 'hang'
  /** The connection breaks without an answer. */
  | 'reset'
  /** Answered with 200 and no JSON. */
  | 'garbage'
  /** Answered when the promise settles. */
  | { until: Promise<unknown> }
  /** Taken, and what it begins comes to nothing. */
  | { operationError: CloudError };

/** The Cloud Workstations API, version 1, for the real `gcloud`: a stand-in with a state of its own. */
export interface WorkstationsApi extends AsyncDisposable {
  readonly url: string;
  /** All that makes `gcloud` ask here, signed in as a tester, with a folder of its own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every call so far, in order of arrival. */
  readonly calls: readonly ApiCall[];
  /** What one kind of call asked for. */
  callsOf(kind: ApiCall['kind']): readonly ApiCall[];
  /** Resolves with the first call that matches, one that came already included. */
  seen(matches: (call: ApiCall) => boolean): Promise<ApiCall>;
  /** Asks `decide` for each call, the one given last first; returns what lifts it. */
  fault(decide: (call: ApiCall) => ApiFault | undefined): () => void;
  /** Makes a configuration known; `more` are the API's own fields. */
  putConfig(name: string, more?: Partial<CloudPlace> & Readonly<Record<string, unknown>>): void;
  /** Makes or changes a workstation, and its configuration where there is none yet. */
  put(name: string, more?: Partial<CloudPlace> & { state?: string }): void;
  /** It is gone at once, and what was under way with it. */
  remove(name: string, place?: Partial<CloudPlace>): void;
  /** The API's word, or undefined where there is none. */
  stateOf(name: string, place?: Partial<CloudPlace>): string | undefined;
  /** How often what begins from now on is seen under way before it is done. */
  takes(looks: number): void;
  /** What is under way is done. */
  settle(): void;
  /** The tester's token is not taken any more. */
  expireToken(): void;
  /** From now on that port of each workstation leads to this one of this machine. */
  lead(port: number, target: number): void;
  close(): Promise<void>;
}
