import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, isErrno } from 'devservices/machine';
import type { ProcessRecord } from '../record/process-record.ts';
import { placesOf } from '../record/places.ts';
import { readRecords } from '../record/records.ts';
import type { SupervisorActions } from './server.ts';
import { endStrays } from './strays.ts';
import { superviseProject, type SupervisedProject } from './supervise-project.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

/** Everything that one supervisor looks after. */
export interface SupervisedCheckout extends Omit<SupervisorActions, 'leave'> {
  /** Takes over what was running, and ends what nobody knows. */
  adopt(): Promise<void>;
  /** Whether any service of the checkout is remembered. */
  isEmpty(): boolean;
  leave(): void;
}

export function superviseCheckout(
  options: SupervisorOptions,
  { clock, say }: { clock: Clock; say(text: string): void },
): SupervisedCheckout {
  const { checkout } = options;
  const projects = new Map<string, SupervisedProject>();
  const placesIn = (project: string) => placesOf(options, { project, checkout });
  const of = (project: string): SupervisedProject => {
    const known = projects.get(project);
    if (known) return known;
    const opened = superviseProject({
      places: placesIn(project),
      clock,
      say,
      restart: options.restart,
    });
    projects.set(project, opened);
    return opened;
  };
  const records = (): readonly ProcessRecord[] =>
    listProjects(options).flatMap((project) => readRecords(placesIn(project)));
  return {
    start: (request) => of(request.target.project.project).start(request),
    stop: (request) => of(request.project).stop(request),
    restart: (request) => of(request.project).restart(request),
    remove: (request) => of(request.project).remove(request),
    relay: (route) => of(route.project.project).relay(route),
    listen: (project, listener) => of(project).listen(listener),
    async adopt() {
      for (const marker of await endStrays(checkout, { known: records, clock })) {
        say(`ended ${marker}, of which nothing was recorded`);
      }
      await Promise.all(listProjects(options).map((project) => of(project).adopt()));
    },
    isEmpty: () =>
      ![...projects.values()].some((project) => project.isActive()) && records().length === 0,
    leave() {
      for (const project of projects.values()) project.leave();
    },
  };
}

function listProjects(options: SupervisorOptions): readonly string[] {
  try {
    return readdirSync(join(options.stateHome, options.checkout, 'processes'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
