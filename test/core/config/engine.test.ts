import { expect, test } from 'vitest';
import { environmentLayers, flagLayers } from '../../../core/config/assignment-layers.ts';
import type { Config } from '../../../core/config/config.ts';
import { loadCoreKinds } from '../../../core/config/core-kinds.ts';
import { mergeLayers } from '../../../core/config/merge-layers.ts';
import { validateConfig } from '../../../core/config/validate-config.ts';
import { thrownBy } from '../../rig/kernel.ts';

const kinds = await loadCoreKinds();

function engineOf(
  engine: Config['engine'],
  {
    env = {},
    flags = {},
  }: { env?: Record<string, string>; flags?: Parameters<typeof flagLayers>[0] } = {},
) {
  const file = { name: 'repo', source: 'devservices.config.ts', value: { engine } } as const;
  const merged = mergeLayers([file, ...environmentLayers(env), ...flagLayers(flags)]);
  return validateConfig({ ...merged, kinds, root: '/repo' }).engine;
}

test('engine is an address, or a record with what to do where it does not run', () => {
  expect(engineOf(undefined)).toEqual({ url: undefined, start: 'ask' });
  expect(engineOf('unix:///e')).toEqual({ url: 'unix:///e', start: 'ask' });
  expect(engineOf({ start: 'never' })).toEqual({ url: undefined, start: 'never' });
  expect(engineOf({ url: 'ssh://box', start: 'auto' })).toEqual({
    url: 'ssh://box',
    start: 'auto',
  });
});

test('--engine and DEVSERVICES_ENGINE change the address alone; --set reaches the rest', () => {
  const given = { url: 'unix:///e', start: 'never' } as const;
  expect(engineOf(given, { flags: { engine: 'tcp://x' } })).toEqual({ ...given, url: 'tcp://x' });
  expect(engineOf(given, { env: { DEVSERVICES_ENGINE: 'tcp://x' } })).toEqual({
    ...given,
    url: 'tcp://x',
  });
  const auto = { url: 'unix:///e', start: 'auto' };
  expect(engineOf('unix:///e', { flags: { set: ['engine.start=auto'] } })).toEqual(auto);
  expect(engineOf('unix:///e', { env: { DEVSERVICES__ENGINE__START: 'auto' } })).toEqual(auto);
  expect(engineOf(given, { flags: { set: ['engine=tcp://y'] } }).url).toBe('tcp://y');
});

test('anything else is told with its path', async () => {
  const wrong = async () => engineOf({ start: 'sometimes' as 'ask' });
  expect((await thrownBy(wrong())).message).toContain('engine.start');
});
