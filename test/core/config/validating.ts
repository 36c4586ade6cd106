import type { Layer } from '../../../core/config/layer.ts';
import { loadCoreKinds } from '../../../core/config/core-kinds.ts';
import { mergeLayers } from '../../../core/config/merge-layers.ts';
import { type ConfigToValidate, validateConfig } from '../../../core/config/validate-config.ts';
import { container } from '../../../core/run/run.ts';
import { problemsOf } from './config-repo.ts';

const kinds = await loadCoreKinds();

export const layerOf = (value: unknown): Layer => ({ name: 'flag', source: '--x', value });
export const validate = (value: unknown, options: Partial<ConfigToValidate> = {}) =>
  validateConfig({
    ...mergeLayers([layerOf(value)]),
    root: '/repo',
    ...options,
    kinds: new Map([...kinds, ...(options.kinds ?? [])]),
  });
/** Paths and texts of all problems. */
export const problems = async (
  value: unknown,
  options?: Partial<ConfigToValidate>,
): Promise<string[]> =>
  (await problemsOf(() => validate(value, options))).map((line) => line.replace(' (--x)', ''));
export const service = (fields: object): object => ({
  services: { db: { run: container({ image: 'x' }), ...fields } },
});
export const run = (fields: object): object =>
  service({ run: container({ image: 'x', ...fields }) });
