import type { PlannedAction, Reason } from '../events.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { Instance, Target } from '../run/runner.ts';
import type { PlannedDependency } from '../service/service.ts';
import type { Route } from './find-routes.ts';

/** One service of a plan: what will be done with it, and everything needed to do it. */
export interface PlannedService extends Target {
  action: PlannedAction;
  reason: Reason;
  readiness: Readiness;
  dependsOn: readonly PlannedDependency[];
  /** What it exports, with addresses right for this machine. */
  environment: Readonly<Record<string, string>>;
  /** Ports of this machine's processes that it reaches through its runner's gateway alone. */
  routes: readonly Route[];
  /** Whether a service of the configuration waits for it to complete. */
  isOneShot: boolean;
  /** What exists of it now. */
  instance?: Instance;
  /** What exists of it by another of its runs, and goes before this one starts. */
  replaced: readonly Instance[];
  /** What exists now was seen ready in this very generation. */
  isKnownReady: boolean;
}

/** What one `up` will do, decided before anything starts. JSON throughout. */
export interface Plan {
  project: ProjectIdentity;
  /** In an order in which dependencies come first. */
  services: Readonly<Record<string, PlannedService>>;
  /** Services of the configuration that this `up` leaves out, and why. */
  left: Readonly<Record<string, Reason>>;
  /** Instances of ours that the configuration no longer knows. */
  orphans: readonly Instance[];
}
