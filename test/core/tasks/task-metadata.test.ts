import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  describeConfigTasks,
  extractConfigTasks,
  extractTaskMetadata,
} from '../../../core/tasks/task-metadata.ts';

const imports = "import { defineTask } from 'devservices';\n";
const extract = (text: string) => extractTaskMetadata(imports + text, '/repo/tasks/seed.ts');

test('the literals of a task are read, however they are written', async () => {
  const forms = [
    `export default defineTask(import.meta, { name: 'seed', description: 'Seeds', needs: ['up'],
       args: { size: { kind: 'option', value: 'N', number: true, description: 'How many' } }, run() {} });`,
    `const seed = defineTask(import.meta, { name: \`seed\`, description: 'Se' + 'eds', needs: ['up'] as const,
       args: { size: { kind: 'option', value: 'N', number: true, description: 'How many' } as const }, run: () => {} });
     export default seed;`,
    `const needs = ['up'];
     const size = { kind: 'option', value: 'N', number: true, description: 'How many' } satisfies object;
     const spec = { name: 'seed', description: 'Seeds', needs, args: { size }, run() {} };
     export { task as default };
     const task = defineTask(import.meta, spec);`,
  ];
  for (const form of forms) {
    expect(await extract(form)).toEqual({
      name: 'seed',
      description: 'Seeds',
      needs: ['up'],
      args: { size: { kind: 'option', value: 'N', number: true, description: 'How many' } },
      isQuery: false,
    });
  }
});

test('any literal is read as it would be by running it', async () => {
  const argument = fc.record(
    {
      kind: fc.constant('option' as const),
      value: fc.string(),
      description: fc.string(),
      many: fc.boolean(),
      choices: fc.array(fc.string()),
    },
    { requiredKeys: ['kind', 'value', 'description'] },
  );
  const keys = fc.string().filter((key) => key !== '__proto__');
  await fc.assert(
    fc.asyncProperty(
      fc.string(),
      fc.array(fc.string()),
      fc.dictionary(keys, argument, { noNullPrototype: true }),
      async (description, needs, args) => {
        const spec = JSON.stringify({ name: 'seed', description, needs, args });
        const metadata = await extract(`export default defineTask(import.meta, ${spec});`);
        expect(metadata).toEqual({ name: 'seed', description, needs, args, isQuery: false });
      },
    ),
  );
});

test('what the file computes is unknown, and nothing else', async () => {
  const found = await extract(`
    const name = readName();
    export default defineTask(import.meta, {
      name, description: 'Made by ' + process.env.USER, needs: ['up', ...more()],
      args: { size: sizeOption(), yes: { kind: 'flag', description: 'Does not ask' } },
      run() {}, render: () => '',
    });`);
  expect(found).toEqual({
    name: 'seed',
    description: null,
    needs: null,
    args: { size: null, yes: { kind: 'flag', description: 'Does not ask' } },
    isQuery: true,
  });
});

test('a spread that is not known may have replaced what stands before it', async () => {
  const found = await extract(
    `export default defineTask(import.meta, { name: 'a', description: 'b', ...rest, needs: ['c'] });`,
  );
  expect(found).toMatchObject({ name: 'seed', description: null, needs: ['c'] });
});

test('a file that exports no task is none; one whose task is made elsewhere is one of unknown make', async () => {
  expect(await extract('export const x = 1;')).toBeUndefined();
  expect(await extract('export default { name: "x" };')).toBeUndefined();
  const other = 'import { gulp } from "gulp"; export default gulp();';
  expect(await extractTaskMetadata(other, '/repo/tasks/x.js')).toBeUndefined();
  expect(await extract('export default makeTask(import.meta);')).toMatchObject({
    name: 'seed',
    description: null,
    args: null,
  });
  expect(await extract('export default defineTask(((')).toMatchObject({ name: 'seed', args: null });
});

test('a const that stands for itself ends as unknown', async () => {
  const found = await extract(
    'const a = b; const b = a; export default defineTask(import.meta, { name: a, description: b });',
  );
  expect(found).toMatchObject({ name: 'seed', description: null });
});

test('the tasks of a configuration are read, in TypeScript as in data', async () => {
  const tasks = {
    lint: 'oxlint',
    check: { command: 'tsc', description: 'Types', needs: ['lint'] },
    gone: null,
  };
  const written = await extractConfigTasks(
    `import { defineConfig as config } from 'devservices';
     export default config({ services: start(), tasks: ${JSON.stringify(tasks)} });`,
  );
  expect(written).toEqual(describeConfigTasks({ tasks }));
  expect(written.map(({ name, description, needs }) => [name, description, needs])).toEqual([
    ['lint', 'oxlint', []],
    ['check', 'Types', ['lint']],
  ]);
  expect(
    await extractConfigTasks('export default { tasks: { a: "b" } } satisfies Config'),
  ).toHaveLength(1);
  expect(await extractConfigTasks('export default load();')).toEqual([]);
  expect(await extractConfigTasks('this is no module (')).toEqual([]);
});

test('commands are read with their arguments and kinds, whatever of them is written out', async () => {
  const metadata = await extract(`
    const user = { kind: 'option', value: 'NAME', description: 'Who' } as const;
    const list = { description: 'Lists', args: { user: { ...user, kind: 'positional' } }, run() {}, render: String };
    export default defineTask(import.meta, { name: 'seed', description: 'Seeds', needs: ['up'], commands: {
      add: { description: 'Adds', args: { user, other: { kind: 'positional', description: user.description } }, run: async () => {} },
      'users list': list,
      through: { description: 'Passes on', passesStatus: true, run() {} },
      made: make(),
      dark: { description: text(), args: { dim: make(), user }, run() {} },
      ['com' + puted]: { description: 'x', run() {} },
    } });`);
  const user = { kind: 'option', value: 'NAME', description: 'Who' };
  const isQuery = false;
  expect(metadata).toEqual({
    name: 'seed',
    description: 'Seeds',
    needs: ['up'],
    args: {},
    isQuery,
    commands: {
      add: {
        description: 'Adds',
        args: { user, other: { kind: 'positional', description: 'Who' } },
        isQuery,
      },
      'users list': {
        description: 'Lists',
        args: { user: { ...user, kind: 'positional' } },
        isQuery: true,
      },
      through: { description: 'Passes on', args: {}, isQuery, passesStatus: true },
      made: { description: null, args: null, isQuery },
      dark: { description: null, args: { dim: null, user }, isQuery },
    },
  });
  const computed = `export default defineTask(import.meta, { name: 'seed', description: '', commands: make() });`;
  expect((await extract(computed))?.commands).toBeNull();
});
