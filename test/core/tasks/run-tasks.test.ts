import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { taskErrors } from '../../../core/errors/catalogue/task.ts';
import { runTasks, type TaskCall } from '../../../core/tasks/run-tasks.ts';
import { thrownBy } from '../../rig/kernel.ts';

interface Definition {
  needs?: readonly string[];
  run?(call: TaskCall<Named>): unknown;
}

type Named = Definition & { name: string };

/** Runs tasks that exist in this test only, and keeps what happened in order. */
function createTasks(definitions: Readonly<Record<string, Definition>>) {
  const told: string[] = [];
  return {
    told,
    run: (name: string) =>
      runTasks<Named>(
        {
          async find(wanted, neededBy) {
            const definition = definitions[wanted];
            if (definition) return { ...definition, name: wanted };
            const known = Object.keys(definitions);
            const facts = { name: wanted, known, ...(neededBy === undefined ? {} : { neededBy }) };
            throw taskErrors.create('DS_TASK_UNKNOWN', facts);
          },
          needsOf: ({ needs = [] }) => needs,
          async execute(call) {
            told.push(`begin ${call.task.name}`);
            const result = await call.task.run?.(call);
            told.push(`end ${call.task.name}`);
            return result;
          },
          onStopped: (task, because) => void told.push(`stopped ${task}: ${because.join()}`),
        },
        name,
        {},
      ),
  };
}

/** A door that opens when as many have come as are awaited. */
function createGate(awaited: number) {
  let open = (): void => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    if (--awaited === 0) open();
    return isOpen;
  };
}

const partsOf = (error: unknown): Error[] =>
  error instanceof AggregateError ? error.errors.flatMap(partsOf) : [error as Error];

const fail = (text: string) => () => {
  throw new Error(text);
};

test('needs run first, and at the same time', async () => {
  // Each of them waits for the other: one after the other they would never end.
  const meet = createGate(2);
  const { run, told } = createTasks({
    app: { needs: ['a', 'b'], run: () => 'done' },
    a: { run: meet },
    b: { run: meet },
  });
  expect(await run('app')).toBe('done');
  expect(told.slice(-2)).toEqual(['begin app', 'end app']);
});

test('whatever needs what: everything runs once, after all that it needs', async () => {
  // Task i needs tasks with smaller numbers only, so that there is no ring.
  const graphs = fc.array(fc.array(fc.nat({ max: 100 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(graphs, async (raw) => {
      const needs = raw.map((picks, index) =>
        index === 0 ? [] : [...new Set(picks.map((pick) => `t${pick % index}`))],
      );
      const { run, told } = createTasks(
        Object.fromEntries(needs.map((needed, index) => [`t${index}`, { needs: needed }])),
      );
      await run(`t${needs.length - 1}`);
      const begun = told.filter((line) => line.startsWith('begin'));
      expect(new Set(begun).size).toBe(begun.length);
      expect(begun.at(-1)).toBe(`begin t${needs.length - 1}`);
      needs.forEach((needed, index) => {
        const begin = told.indexOf(`begin t${index}`);
        if (begin < 0) return;
        for (const name of needed) {
          expect(told.indexOf(`end ${name}`)).toBeGreaterThanOrEqual(0);
          expect(told.indexOf(`end ${name}`)).toBeLessThan(begin);
        }
      });
    }),
  );
});

test('a ring of needs is named in full before anything runs', async () => {
  const { run, told } = createTasks({
    start: { needs: ['free', 'a'] },
    free: {},
    a: { needs: ['b'] },
    b: { needs: ['c'] },
    c: { needs: ['a'] },
  });
  expect(await thrownBy(run('start'))).toMatchObject({
    code: 'DS_TASK_CYCLE',
    blame: 'user',
    message: expect.stringContaining('a → b → c → a') as unknown,
  });
  expect(told).toEqual([]);
});

test('an unknown need is named with who needs it before anything runs', async () => {
  const { run, told } = createTasks({ app: { needs: ['ok', 'bild'] }, ok: {}, build: {} });
  const { message } = await thrownBy(run('app'));
  expect(message).toContain('no task "bild", which app needs');
  expect(message).toContain('"build"');
  expect(told).toEqual([]);
});

test('a failing need stops what needs it; the others finish; every failure is told once', async () => {
  const meet = createGate(2);
  const { run, told } = createTasks({
    app: { needs: ['left', 'right', 'independent'] },
    left: { needs: ['broken'] },
    right: { needs: ['broken', 'worse'] },
    independent: {
      run: async () => {
        await meet();
      },
    },
    broken: {
      run: async () => {
        await meet();
        throw new Error('broken');
      },
    },
    worse: { run: fail('worse') },
  });
  const thrown = await thrownBy(run('app'));
  const messages = new Set(partsOf(thrown).map(({ message }) => message));
  expect(messages).toEqual(new Set(['broken', 'worse']));
  expect(told).toContain('end independent');
  expect(told.filter((line) => line === 'begin broken')).toHaveLength(1);
  expect(told).toContain('stopped left: broken');
  expect(told).toContain('stopped right: broken,worse');
  expect(told).toContain('stopped app: left,right');
  expect(told).not.toContain('begin app');
});

test('a task that is called gives its result or its failure, after its needs', async () => {
  const { run, told } = createTasks({
    ci: {
      async run(call) {
        const first = await call.run('count', { by: 2 });
        const second = await call.run('count', { by: 5 });
        const caught = await call.run('broken').catch((error: Error) => error.message);
        return [first, second, caught];
      },
    },
    count: { needs: ['build'], run: ({ args }) => args['by'] },
    build: {},
    broken: { run: fail('no') },
  });
  expect(await run('ci')).toEqual([2, 5, 'no']);
  // A call is a new run; what it needs is not.
  expect(told.filter((line) => line === 'begin count')).toHaveLength(2);
  expect(told.filter((line) => line === 'begin build')).toHaveLength(1);
});

test('calls that would never end are named: in one chain, and by way of needs', async () => {
  const chain = createTasks({
    a: { run: ({ run }) => run('b') },
    b: { run: ({ run }) => run('a') },
  });
  expect((await thrownBy(chain.run('a'))).message).toContain('a → b → a');

  const throughNeed = createTasks({
    a: { needs: ['n'] },
    n: { run: ({ run }) => run('c') },
    c: { needs: ['n'] },
  });
  expect((await thrownBy(throughNeed.run('a'))).message).toMatch(/(n → c → n|c → n → c)/);

  const meet = createGate(2);
  const crossed = createTasks({
    a: { needs: ['x', 'z'] },
    x: { run: async ({ run }) => (await meet(), run('y')) },
    y: { needs: ['z'] },
    z: { run: async ({ run }) => (await meet(), run('w')) },
    w: { needs: ['x'] },
  });
  const [crossing] = partsOf(await thrownBy(crossed.run('a')));
  const ring =
    /wait for one another: (.*)\./.exec(crossing?.message ?? '')?.[1]?.split(' → ') ?? [];
  expect(ring[0]).toBe(ring.at(-1));
  expect(new Set(ring)).toEqual(new Set(['x', 'y', 'z', 'w']));
});
