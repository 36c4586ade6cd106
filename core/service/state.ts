/*
 *            ┌──────────────────────────── skipped
 *            │                 ┌────────── failed ◄─────────┐
 *  pending ──┴► pulling ──► starting ──► running ──► ready ─┴► unhealthy
 *     │            └───────────▲  │         │          ▲  ◄───────┘
 *     └────────────────────────┘  └─────────┴► completed
 *                                   any of them ──► stopped
 *
 * `ready` is also where an unchanged service goes at once: pending ──► ready.
 */

import type { Reason, StateName } from '../events.ts';

/** A service during one task; each state carries only what is known in it. */
export type ServiceState =
  | { state: 'pending' }
  | { state: 'pulling'; image: string }
  | { state: 'starting' }
  | { state: 'running'; instance: string }
  | { state: 'ready'; instance: string }
  | { state: 'unhealthy'; instance: string; reason: Reason }
  | { state: 'failed'; reason: Reason; exitCode?: number }
  | { state: 'completed'; instance: string; exitCode: number }
  | { state: 'skipped'; reason: Reason }
  | { state: 'stopped' };

const next: Readonly<Record<StateName, readonly StateName[]>> = {
  pending: ['pulling', 'starting', 'running', 'ready', 'completed', 'skipped', 'failed', 'stopped'],
  pulling: ['pending', 'starting', 'failed', 'skipped', 'stopped'],
  starting: ['running', 'ready', 'completed', 'failed', 'stopped'],
  running: ['ready', 'unhealthy', 'completed', 'failed', 'stopped', 'starting'],
  ready: ['unhealthy', 'failed', 'completed', 'stopped', 'starting'],
  unhealthy: ['ready', 'failed', 'completed', 'stopped', 'starting'],
  completed: ['starting', 'stopped', 'failed'],
  failed: ['starting', 'stopped'],
  skipped: ['stopped'],
  stopped: ['pending', 'starting'],
};

/** Whether the drawing above has an arrow from one state to the other. */
export function canFollow(from: StateName, to: StateName): boolean {
  return next[from].includes(to);
}
