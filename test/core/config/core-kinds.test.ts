import { container, definePlugin } from 'devservices';
import { createTestHost } from 'devservices/testing';
import { expect, test } from 'vitest';
import { kindsIn, loadCoreKinds } from '../../../core/config/core-kinds.ts';
import { thrownBy } from '../../rig/kernel.ts';

test('only the schemas of runs that a configuration has are loaded, and all are named', async () => {
  const used = await loadCoreKinds(new Set(['process']));
  expect([...used.keys()]).toEqual(['container', 'process']);
  expect(used.get('container')).toBeUndefined();
  expect(used.get('process')).toBeDefined();
  expect([...(await loadCoreKinds()).values()]).not.toContain(undefined);
});

test('a kind is found in a single run and in any of several, whatever else is there', () => {
  const local = { kind: 'process', command: 'x' };
  expect([...kindsIn({ services: { a: { run: container({ image: 'x' }) } } })]).toEqual([
    'container',
  ]);
  expect(
    kindsIn({ services: { a: { run: { docker: 1, local } }, b: null, c: { run: [] } } }),
  ).toEqual(new Set(['process']));
  expect(kindsIn({ services: 'x' }).size).toBe(0);
});

test('a run that a plugin adds to a configuration without services is checked', async () => {
  const adding = definePlugin({
    name: 'adding',
    setup({ hooks }) {
      hooks.configure.tap('adding', ({ config }) => {
        const run = { ...container({ image: 'x' }), imagge: 'y' };
        Object.assign(config.services, { mail: { run } });
      });
    },
  });
  await using host = createTestHost({ config: { services: {}, plugins: [adding] } });
  const thrown = await thrownBy(host.host.configure());
  expect(thrown).toMatchObject({ code: 'DS_PLUGIN_CONFIG_INVALID' });
  expect(thrown.message).toContain('imagge');
});
