import { orAborted } from '../../../core/clock.ts';
import type {
  Workstation,
  WorkstationConfig,
  WorkstationProvider,
  WorkstationState,
} from '../../../plugins/workstations/contract.ts';
import { TransientFailure } from '../../../plugins/workstations/transient-failure.ts';

/** What one look sees: a state, an unknown one by its name, nothing, another of that name, a failure, no answer. */
export type Sight = WorkstationState | `STATE_${string}` | 'gone' | 'other' | 'hang' | Error;

/** A provider of no machines: a test says what is seen of them, look by look. */
export interface FakeProvider extends WorkstationProvider {
  /** Calls in order: `look box`, `start box`. */
  readonly calls: string[];
  /** What there is to be made from. */
  readonly known: WorkstationConfig[];
  /** What looks see from now on, in order, the last one for good. */
  show(name: string, ...sights: readonly Sight[]): void;
  /** What looks see once that call was taken: `start box`. */
  showAfter(call: string, ...sights: readonly Sight[]): void;
  /** What comes of the next such calls, one after the other. */
  fail(call: string, ...failures: readonly (Error | 'hang')[]): void;
  /** How many such calls were made. */
  count(call: string): number;
}

export const fakeScope = { project: 'shop', region: 'here', cluster: 'main', config: 'big' };

/** As a provider says that asking again may do. */
export const transient = (reason: string): TransientFailure =>
  new TransientFailure(reason, new Error(`all of ${reason}`));

export function createFakeProvider(): FakeProvider {
  const scripts = new Map<string, Sight[]>();
  const effects = new Map<string, readonly Sight[]>();
  const failures = new Map<string, (Error | 'hang')[]>();
  const calls: string[] = [];
  const known = [{ name: 'big', region: 'here', cluster: 'main', machineType: 'e2-standard-8' }];

  // Most of it knows no signal, as the worst of them.
  const taken = async (call: string): Promise<void> => {
    calls.push(call);
    const failure = failures.get(call)?.shift();
    if (failure === 'hang') await new Promise(() => {});
    if (failure) throw failure;
    const sights = effects.get(call);
    if (sights) scripts.set(call.slice(call.indexOf(' ') + 1), [...sights]);
  };
  const see = (name: string): Workstation | undefined | Promise<undefined> => {
    const script = scripts.get(name) ?? [];
    const sight = (script.length > 1 ? script.shift() : script[0]) ?? 'gone';
    if (sight instanceof Error) throw sight;
    if (sight === 'hang') return new Promise(() => {});
    return sight === 'gone' ? undefined : asWorkstation(name, sight);
  };
  return {
    name: 'fake',
    calls,
    known,
    show: (name, ...sights) => void scripts.set(name, [...sights]),
    showAfter: (call, ...sights) => void effects.set(call, sights),
    fail: (call, ...given) => void failures.set(call, [...given]),
    count: (call) => calls.filter((made) => made === call).length,
    check: () => taken('check'),
    async configs() {
      await taken('configs');
      return known;
    },
    async list() {
      await taken('list');
      const names = [...scripts.keys()].toSorted();
      const seen = await Promise.all(names.map(async (name) => see(name)));
      return seen.filter((one) => one !== undefined);
    },
    async find(name) {
      await taken(`find ${name}`);
      return see(name);
    },
    async look({ name }) {
      await taken(`look ${name}`);
      return see(name);
    },
    async describeNew(name) {
      await taken(`describeNew ${name}`);
      const config = known[0] as WorkstationConfig;
      return { name, scope: fakeScope, config, costNote: 'It costs nothing.' };
    },
    create: ({ name }, { signal }) => orAborted(taken(`create ${name}`), signal),
    start: ({ name }) => taken(`start ${name}`),
    stop: ({ name }) => taken(`stop ${name}`),
    delete: ({ name }) => taken(`delete ${name}`),
    async losses({ name }) {
      await taken(`losses ${name}`);
      return [`the home volume of ${name}`];
    },
    async login({ name }) {
      await taken(`login ${name}`);
      return { user: 'ada', folder: '/home/ada' };
    },
    async tunnel({ name }, port) {
      await taken(`tunnel ${name} ${port}`);
      return { command: ['tunnel', name, String(port)] };
    },
  };
}

function asWorkstation(name: string, sight: Exclude<Sight, Error>): Workstation {
  const isWord = ['starting', 'running', 'stopping', 'stopped', 'unknown'].includes(sight);
  const state = sight === 'other' ? 'running' : isWord ? (sight as WorkstationState) : 'unknown';
  return {
    name,
    provider: 'fake',
    state,
    providerState: sight === 'other' ? 'running' : sight,
    scope: fakeScope,
    id: `machines/${name}`,
    uid: sight === 'other' ? 'another' : 'first',
  };
}
