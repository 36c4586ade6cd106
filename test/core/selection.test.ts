import { expect, test } from 'vitest';
import type { Service } from '../../core/service/service.ts';
import { dependenciesOf, selectServices, type Selection } from '../../core/selection.ts';
import { image, thrownBy } from '../rig/kernel.ts';

const run = image();
const services: Record<string, Service> = {
  web: { run, dependsOn: ['api'] },
  api: { run, dependsOn: { db: 'ready', cache: { condition: 'ready', required: false } } },
  db: { run },
  cache: { run, profiles: ['full'] },
  tools: { run, autoStart: false },
};

async function select(selection: Selection, given = services) {
  const { selected, left } = await selectServices(given, selection);
  const reasons = Object.entries(left).map(([name, { code }]) => [name, code]);
  return {
    names: [...selected].toSorted((a, b) => (a < b ? -1 : 1)),
    left: Object.fromEntries(reasons),
  };
}

test('nothing named: all but what profiles and autoStart leave out, and why', async () => {
  expect(await select({})).toEqual({
    names: ['api', 'db', 'web'],
    left: { cache: 'profile-off', tools: 'auto-start-off' },
  });
});

test('a profile lets its services in; an optional dependency then comes along', async () => {
  expect((await select({ profiles: ['full'] })).names).toEqual(['api', 'cache', 'db', 'web']);
  expect((await select({ profiles: ['other'] })).names).not.toContain('cache');
});

test('named: with dependencies, and without', async () => {
  expect(await select({ services: ['api'] })).toEqual({
    names: ['api', 'db'],
    left: { web: 'not-named', cache: 'profile-off', tools: 'auto-start-off' },
  });
  expect((await select({ services: ['api'], noDeps: true })).names).toEqual(['api']);
  expect((await select({ services: ['tools', 'cache'] })).names).toEqual(['cache', 'tools']);
  expect((await select({ services: ['db', 'db'] })).names).toEqual(['db']);
});

test('excluded: unselected, repeated, needed, named or all is no error', async () => {
  expect((await select({ exclude: ['tools', 'tools'] })).names).toEqual(['api', 'db', 'web']);
  expect((await select({ services: ['web'], exclude: ['db'] })).names).toEqual(['api', 'web']);
  expect((await select({ services: ['web'], exclude: ['api'] })).names).toEqual(['web']);
  expect((await select({ services: ['db'], exclude: ['db'] })).names).toEqual([]);
  const all = await select({ exclude: Object.keys(services) });
  expect(all.names).toEqual([]);
  expect(new Set(Object.values(all.left))).toEqual(new Set(['excluded']));
});

test('unknown names of both kinds are told at once, with what there is and what was meant', async () => {
  const error = await thrownBy(select({ services: ['wbe', 'db'], exclude: ['cahce', 'wbe'] }));
  expect(error['code']).toBe('DS_SERVICE_UNKNOWN');
  expect(error['blame']).toBe('user');
  expect(error.message).toBe(
    'There is no service "wbe". Did you mean "web"? There is no service "cahce". ' +
      'Did you mean "cache"? There are: web, api, db, cache, tools.',
  );
});

test('onlyIf: false, a function, an async one', async () => {
  const given: Record<string, Service> = {
    a: { run, onlyIf: false },
    b: { run, onlyIf: () => false },
    c: { run, onlyIf: async () => false },
    d: { run, onlyIf: async () => true },
    e: { run, onlyIf: true },
  };
  expect(await select({}, given)).toEqual({
    names: ['d', 'e'],
    left: { a: 'only-if', b: 'only-if', c: 'only-if' },
  });
  expect((await select({ skipOnlyIf: true }, given)).names).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect((await select({ services: ['a', 'c'] }, given)).names).toEqual(['a', 'c']);
});

test('onlyIf is not asked where it does not count', async () => {
  const asked: string[] = [];
  const ask = (name: string) => () => asked.push(name) > 0;
  const given: Record<string, Service> = {
    a: { run, onlyIf: ask('a'), dependsOn: ['b'] },
    b: { run, onlyIf: ask('b') },
    c: { run, onlyIf: ask('c'), profiles: ['x'] },
  };
  await select({ services: ['a'] }, given);
  await select({ skipOnlyIf: true }, given);
  expect(asked).toEqual([]);
  await select({}, given);
  expect(asked).toEqual(['a', 'b']);
  asked.splice(0);
  await select({ exclude: ['a'] }, given);
  expect(asked).toEqual(['b']);
});

for (const [how, onlyIf] of [
  [
    'throws',
    () => {
      throw new Error('no VPN');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('no VPN'))],
] as const) {
  test(`an onlyIf that ${how} is the user’s to mend, and names the service`, async () => {
    const error = await thrownBy(select({}, { a: { run, onlyIf }, b: { run } }));
    expect(error['blame']).toBe('user');
    expect(error.message).toBe('The function `onlyIf` of the service a failed: no VPN');
  });
}

test('an optional dependency stays out where its own onlyIf says no, though its dependant is named', async () => {
  const given: Record<string, Service> = {
    api: {
      run,
      dependsOn: {
        off: { condition: 'ready', required: false },
        on: { condition: 'ready', required: false },
        gone: { condition: 'ready', required: false },
      },
    },
    off: { run, onlyIf: () => false },
    on: { run, onlyIf: () => true },
  };
  expect((await select({ services: ['api'] }, given)).names).toEqual(['api', 'on']);
});

test('dependencies in their long form', () => {
  expect(dependenciesOf({ run, dependsOn: ['a'] })).toEqual([
    ['a', { condition: 'ready', restart: false, required: true }],
  ]);
  expect(
    dependenciesOf({ run, dependsOn: { a: { condition: 'started', restart: true } } }),
  ).toEqual([['a', { condition: 'started', restart: true, required: true }]]);
  expect(dependenciesOf(undefined)).toEqual([]);
});
