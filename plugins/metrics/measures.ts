/** What is read from the journal, by key; of `timing`s milliseconds. */
export const measures = {
  'services.started': {
    kind: 'counter',
    tags: ['service', 'runner', 'action'],
    help: 'Services that were asked to start; `action` is create, recreate or start.',
  },
  'service.time_to_ready': {
    kind: 'timing',
    tags: ['service', 'runner'],
    help: 'From the request to start a service until it was ready or completed.',
  },
  'service.failed': {
    kind: 'counter',
    tags: ['service', 'code'],
    help: 'Services that failed, by the code of their error.',
  },
  'service.restarts': {
    kind: 'counter',
    tags: ['service', 'runner'],
    help: 'Services that a task stopped or made anew, and started again.',
  },
  pulls: {
    kind: 'counter',
    tags: ['image', 'result'],
    help: 'Images that were asked for; `result` is pulled, up_to_date or failed.',
  },
  'pull.bytes': { kind: 'counter', tags: ['image'], help: 'Bytes of images that were fetched.' },
  'pull.ms': { kind: 'timing', tags: ['image', 'result'], help: 'Pulls, from asking to the end.' },
  'hook.ms': { kind: 'timing', tags: ['plugin', 'hook'], help: 'Taps of plugins.' },
  'hook.failed': {
    kind: 'counter',
    tags: ['plugin', 'hook', 'code'],
    help: 'Taps of plugins that failed.',
  },
  'phase.ms': { kind: 'timing', tags: ['phase'], help: 'Phases of tasks and of services.' },
  'task.ms': {
    kind: 'timing',
    tags: ['task', 'result'],
    help: 'Tasks; `result` is success, failure or interrupted.',
  },
  'api.requests': {
    kind: 'counter',
    tags: ['method', 'status'],
    help: 'Calls of the API that changed something or were refused.',
  },
  'api.ms': { kind: 'timing', tags: ['method', 'status'], help: 'Of the same calls.' },
} as const satisfies Record<string, Measure>;

export interface Measure {
  kind: 'counter' | 'timing';
  tags: readonly string[];
  help: string;
}

export type MeasureKey = keyof typeof measures;
type KeysOf<Kind extends Measure['kind']> = {
  [Key in MeasureKey]: (typeof measures)[Key]['kind'] extends Kind ? Key : never;
}[MeasureKey];

type TagsOf<Key extends MeasureKey> = Readonly<
  Record<(typeof measures)[Key]['tags'][number], string>
>;

/** Where counts go. */
export interface Counting {
  incr<Key extends KeysOf<'counter'>>(key: Key, tags: TagsOf<Key>, amount?: number): void;
  timing<Key extends KeysOf<'timing'>>(key: Key, ms: number, tags: TagsOf<Key>): void;
}
