import type { Host } from 'devservices';
import { isDevServicesError, type ServiceStats } from 'devservices/machine';
import type { ApiContext } from '../api-context.ts';
import { redactThrown } from './redact-thrown.ts';

/** The project at one moment. */
export interface ProjectLook {
  /** By name, in the order of the configuration. */
  readonly services: Awaited<ReturnType<Host['status']>>[number]['services'];
  /** What could not be looked at, and why. */
  readonly warnings: readonly string[];
  /** What is wrong with the configuration, where it is broken: the rest is from labels and records. */
  readonly broken: unknown;
}

/** Looks at the project through a host that it keeps open for some seconds, as many look one after another. */
export interface ProjectReader {
  /** Who looks meanwhile gets the same look. Throws what is wrong where nothing can be seen. */
  look(): Promise<ProjectLook>;
  /** The same of what the instances use. */
  stats(): Promise<readonly ServiceStats[]>;
  /** Lends the host for some work. */
  use<T>(work: (host: Host) => Promise<T>): Promise<T>;
  /** The next one looks with a new host: something was done. */
  forget(): void;
}

// The configuration may have been changed: a host that reads it once is not kept for longer.
const keptMs = 5000;

interface KeptHost {
  host: Host;
  users: number;
  isOver: boolean;
  /** Ends the wait for its time to be over. */
  bell: AbortController;
  broken: unknown;
  /** That the configuration is broken, as the host said it. */
  said?: readonly string[];
  looking?: Promise<ProjectLook> | undefined;
  measuring?: Promise<readonly ServiceStats[]> | undefined;
}

/** One for each API; what it keeps is closed with it. */
export function createProjectReader({
  project,
  clock,
  signal,
}: Pick<ApiContext, 'project' | 'clock' | 'signal'>): ProjectReader {
  let kept: KeptHost | undefined;

  const open = (): KeptHost => {
    const bell = new AbortController();
    const host = project.open({ signal });
    const opened: KeptHost = { host, bell, users: 0, isOver: false, broken: undefined };
    const retire = () => giveUp(opened);
    clock.sleep(keptMs, AbortSignal.any([signal, bell.signal])).then(retire, retire);
    return opened;
  };
  const giveUp = (old: KeptHost): void => {
    if (kept === old) kept = undefined;
    if (old.isOver) return;
    old.isOver = true;
    old.bell.abort();
    if (old.users === 0) void old.host.close();
  };
  const lend = async <T>(work: (one: KeptHost) => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    const one = (kept ??= open());
    one.users += 1;
    try {
      return await work(one);
    } catch (thrown) {
      // What a function of the configuration threw may have anything in it.
      const isRepos = isDevServicesError(thrown) && thrown.code === 'DS_SERVICE_FUNCTION';
      if (isRepos) await one.host.learnSecrets().catch(() => {});
      throw redactThrown(thrown, one.host.redact);
    } finally {
      one.users -= 1;
      if (one.isOver && one.users === 0) void one.host.close();
    }
  };

  return {
    look: () =>
      lend((one) => (one.looking ??= lookAt(one).finally(() => (one.looking = undefined)))),
    stats: () =>
      lend(
        (one) => (one.measuring ??= one.host.stats().finally(() => (one.measuring = undefined))),
      ),
    use: (work) => lend(({ host }) => work(host)),
    forget() {
      if (kept) giveUp(kept);
    },
  };
}

async function lookAt(one: KeptHost): Promise<ProjectLook> {
  const { host } = one;
  await host.configure().catch((thrown: unknown) => (one.broken = thrown));
  const heard = new Set<string>();
  const leave = host.events.subscribe((event) => {
    if (event.event === 'message' && event.level === 'warn') heard.add(event.text);
  });
  try {
    const [status] = await host.status();
    // A host says it once, and it holds as long as the host is kept.
    if (one.broken !== undefined) one.said ??= [...heard].slice(0, 1);
    const warnings = [...new Set([...(one.said ?? []), ...heard])];
    return { services: status?.services ?? {}, warnings, broken: one.broken };
  } finally {
    leave();
  }
}
