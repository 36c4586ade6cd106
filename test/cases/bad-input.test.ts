import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

interface BadInput {
  name: string;
  files: Record<string, string>;
  args?: string[];
  env?: Record<string, string>;
  exitCode: number;
  codes: string[];
  says: string[];
}

const valid = (image: string) =>
  JSON.stringify({
    services: {
      one: { run: { kind: 'container', image, command: ['sleep', '1000'] } },
      two: { run: { kind: 'container', image, command: ['sleep', '1000'] }, dependsOn: ['one'] },
    },
  });

describe.skipIf(engine === null)(
  'bad input: a message with a hint, the right exit status, nothing started',
  () => {
    if (!engine) return;
    const { tools } = engine.images;
    const checkout = createCheckout(engine);
    const local = (text: string) => ({ 'devservices.config.ts': text });
    const json = (value: unknown) => ({ 'devservices.config.json': JSON.stringify(value) });
    const cases: BadInput[] = [
      {
        name: 'no configuration',
        files: {},
        exitCode: 2,
        codes: ['DS_CONFIG_NOT_FOUND'],
        says: [checkout.root],
      },
      {
        name: 'a malformed configuration',
        files: local('export default {\n  services: {,\n};\n'),
        exitCode: 2,
        codes: ['DS_CONFIG_MALFORMED'],
        says: ['devservices.config.ts:2'],
      },
      {
        name: 'malformed JSON',
        files: { 'devservices.config.json': '{\n "services": {"a": }\n}' },
        exitCode: 2,
        codes: ['DS_CONFIG_MALFORMED'],
        says: ['devservices.config.json:2'],
      },
      {
        name: 'a configuration that throws',
        files: local('\nthrow new Error("no coffee");\n'),
        exitCode: 2,
        codes: ['DS_CONFIG_THREW'],
        says: ['no coffee', 'devservices.config.ts'],
      },
      {
        name: 'a configuration that throws ENOENT',
        files: local(
          'import { readFileSync } from "node:fs";\nreadFileSync("/nowhere/at/all");\nexport default {};\n',
        ),
        exitCode: 2,
        codes: ['DS_CONFIG_THREW'],
        says: ['/nowhere/at/all', 'devservices.config.ts'],
      },
      {
        name: 'several problems at once: a misspelt key, a wrong type, an unknown dependency',
        files: json({
          services: {
            one: { run: { kind: 'container', imagee: 'x', image: 'y' }, ports: { web: 'eighty' } },
            two: { run: { kind: 'container', image: 'y' }, dependsOn: ['oen'] },
          },
        }),
        exitCode: 2,
        codes: ['DS_CONFIG_INVALID'],
        says: [
          'imagee',
          '"image"',
          'services.one.ports.web',
          'oen',
          '"one"',
          'devservices.config.json:1',
        ],
      },
      {
        name: 'a cycle',
        files: json({
          services: Object.fromEntries(
            ['a', 'b', 'c'].map((name, index) => [
              name,
              { run: { kind: 'container', image: 'x' }, dependsOn: [['b', 'c', 'a'][index]] },
            ]),
          ),
        }),
        exitCode: 2,
        codes: ['DS_CONFIG_INVALID'],
        says: ['a → b → c → a'],
      },
      {
        name: 'an unknown service',
        files: { 'devservices.config.json': valid(tools) },
        args: ['oen'],
        exitCode: 2,
        codes: ['DS_SERVICE_UNKNOWN'],
        says: ['oen', 'Did you mean "one"', 'one, two'],
      },
      {
        name: 'an unknown service to leave out',
        files: { 'devservices.config.json': valid(tools) },
        args: ['--exclude', 'tow'],
        exitCode: 2,
        codes: ['DS_SERVICE_UNKNOWN'],
        says: ['tow', 'Did you mean "two"'],
      },
      {
        name: 'an unknown option',
        files: { 'devservices.config.json': valid(tools) },
        args: ['--recreat'],
        exitCode: 2,
        codes: ['DS_ARGUMENT_UNKNOWN'],
        says: ['--recreat', '--recreate'],
      },
      {
        name: 'an engine that cannot be reached',
        files: { 'devservices.config.json': valid(tools) },
        args: ['--engine', 'unix:///nowhere/docker.sock'],
        exitCode: 3,
        codes: ['DS_DOCKER_UNREACHABLE'],
        says: ['--engine', '/nowhere/docker.sock', 'there is no such socket'],
      },
      {
        name: 'an engine that DOCKER_HOST names and that cannot be reached',
        files: { 'devservices.config.json': valid(tools) },
        env: { DOCKER_HOST: 'unix:///nowhere/else.sock' },
        exitCode: 3,
        codes: ['DS_DOCKER_UNREACHABLE'],
        says: ['DOCKER_HOST', '/nowhere/else.sock'],
      },
      {
        name: 'an image that does not exist',
        files: { 'devservices.config.json': valid('127.0.0.1:9/devservices-test/nothing:1') },
        args: ['--pull', 'never'],
        exitCode: 3,
        codes: ['DS_IMAGES_MISSING'],
        says: ['devservices-test/nothing:1'],
      },
    ];

    beforeEach(() => checkout.clear());
    afterAll(() => checkout[Symbol.asyncDispose]());

    test.each(cases)('$name', async ({ files, args = [], env = {}, exitCode, codes, says }) => {
      checkout.write(files);
      const forPeople = await checkout.task('up', args, { env });
      const forPrograms = await checkout.task('up', ['--json', ...args], { env });

      expect(forPeople.exitCode, forPeople.stderr).toBe(exitCode);
      for (const part of says) expect(forPeople.stderr).toContain(part);
      expect(forPeople.stderr).not.toMatch(/^\s+at /m);

      expect(forPrograms.exitCode).toBe(exitCode);
      const { errors, ok } = forPrograms.finished;
      expect({ ok, codes: [...new Set(errors.map(({ code }) => code))] }).toEqual({
        ok: false,
        codes,
      });
      for (const { hint, message } of errors) expect([hint, message]).not.toContain('');
      expect(await checkout.containers()).toEqual({});
    });

    test('a stack is shown with --verbose only', async () => {
      checkout.write({ 'devservices.config.ts': 'throw new Error("no coffee");\n' });
      expect((await checkout.task('up', ['--verbose'])).stderr).toMatch(/^\s+at /m);
    });

    test('nothing is written into the repo', async () => {
      checkout.write({ 'devservices.config.ts': 'throw new Error("no coffee");\n' });
      await checkout.task('up');
      expect(existsSync(join(checkout.root, 'devservices.lock'))).toBe(false);
      expect(checkout.list()).toEqual(['devservices.config.ts']);
    });
  },
);
