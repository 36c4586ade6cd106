import { spawn } from 'node:child_process';
import { reasonOf } from 'devservices/machine';
import type { PlannedDependency } from 'devservices/runner';
import { markerVariable } from '../record/process-record.ts';
import type { SupervisedService } from './supervised-service.ts';
import type { RestartCommand } from './supervisor-options.ts';

export interface Following {
  /** Of the same project. */
  services(): readonly SupervisedService[];
  whenReady(service: SupervisedService): Promise<boolean>;
  restart: RestartCommand | undefined;
  say(text: string): void;
}

/**
 * After a service was started again without anybody asking: who follows its restarts
 * (`dependsOn: { restart: true }`), and who follows those, is stopped and started again in the order of
 * their dependencies, each when what it waits for is there. Services of other kinds are restarted by the
 * command line.
 */
export async function followRestart(cause: SupervisedService, following: Following): Promise<void> {
  const active = following.services().filter(({ isActive }) => isActive);
  const followers = findFollowers(cause, active);
  const ready = new Map([[nameOf(cause), following.whenReady(cause)]]);
  // Who depends on others goes first.
  for (const follower of followers.toReversed()) await attempt(follower.pause(), follower);
  const again = async (follower: SupervisedService): Promise<boolean> => {
    const waits = needsOf(follower).map((need) =>
      holds(need, { ready, active: [cause, ...followers] }),
    );
    if ((await Promise.all(waits)).includes(false)) return false;
    if (!(await attempt(follower.restart(), follower))) return false;
    return following.whenReady(follower);
  };
  for (const follower of followers) ready.set(nameOf(follower), again(follower));
  await Promise.all([cause, ...followers].map((one) => restartOthers(one, ready, following)));

  async function attempt(work: Promise<unknown>, { record }: SupervisedService): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      following.say(`${record.target.service}: ${reasonOf(error)}`);
      return false;
    }
  }
}

/** Who follows it at any distance, after what they follow. */
function findFollowers(
  cause: SupervisedService,
  active: readonly SupervisedService[],
): SupervisedService[] {
  const found = new Set([cause]);
  // A set goes on to those that are added while it is gone through.
  for (const one of found) {
    for (const other of active) {
      const follows = needsOf(other).some((need) => need.restart && need.service === nameOf(one));
      if (follows && other !== cause) found.add(other);
    }
  }
  found.delete(cause);
  const ordered: SupervisedService[] = [];
  const add = (one: SupervisedService): void => {
    if (ordered.includes(one)) return;
    for (const other of found) {
      if (other !== one && needsOf(one).some(({ service }) => service === nameOf(other)))
        add(other);
    }
    ordered.push(one);
  };
  found.forEach(add);
  return ordered;
}

/** Of those that are restarted too; what else it needs has been there all the time. */
async function holds(
  { service, condition, required }: PlannedDependency,
  about: { ready: ReadonlyMap<string, Promise<boolean>>; active: readonly SupervisedService[] },
): Promise<boolean> {
  const need = about.active.find((one) => nameOf(one) === service);
  const ready = about.ready.get(service);
  if (!need || !ready) return true;
  if (condition === 'ready') return (await ready) || !required;
  if (condition === 'started') return true;
  return (await need.living?.ended) === 0 || !required;
}

async function restartOthers(
  cause: SupervisedService,
  ready: ReadonlyMap<string, Promise<boolean>>,
  { restart, say }: Following,
): Promise<void> {
  const { target, callerEnvironment } = cause.record;
  const others = target.followers ?? [];
  if (restart === undefined || others.length === 0 || !(await ready.get(nameOf(cause)))) return;
  const { [markerVariable]: _, ...env } = callerEnvironment;
  const [program, ...first] = restart.command;
  const args = [...first, ...others, ...restart.args, '--project', target.project.project];
  await new Promise<void>((resolve) => {
    const child = spawn(program, args, { cwd: restart.cwd, env, stdio: 'ignore' });
    const end = (text?: string): void => {
      if (text !== undefined) say(`restart of ${others.join(', ')}: ${text}`);
      resolve();
    };
    child.once('error', (error) => end(reasonOf(error)));
    child.once('exit', (code) => end(code === 0 ? undefined : `exit code ${code}`));
  });
}

const nameOf = ({ record }: SupervisedService): string => record.target.service;

const needsOf = ({ record }: SupervisedService): readonly PlannedDependency[] =>
  record.target.dependsOn ?? [];
