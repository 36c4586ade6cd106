import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScopeFlags } from '../../../plugins/workstations/contract.ts';
import { workstationsOptions } from '../../../plugins/workstations/options.ts';
import { resolveScope } from '../../../plugins/workstations/scope.ts';

const resolve = (flags: ScopeFlags, env: Record<string, string> = {}, options?: unknown) =>
  resolveScope({ flags, env, options: workstationsOptions.parse(options), project: 'shop' });

describe('which provider', () => {
  test('docker, where nothing says anything', () => {
    expect(resolve({})).toEqual({ provider: 'docker', scope: { project: 'shop' } });
  });
  test('gcloud, where a cloud project is named in any layer', () => {
    const scope = { project: 'shop-dev' };
    const flags = { cloudProject: 'shop-dev' };
    expect(resolve(flags)).toEqual({ provider: 'gcloud', scope });
    for (const name of ['DEVSERVICES_WORKSTATION_PROJECT', 'SENTRY_WORKSTATION_PROJECT']) {
      expect(resolve({}, { [name]: 'shop-dev' })).toEqual({ provider: 'gcloud', scope });
    }
    expect(resolve({}, {}, { gcloud: { project: 'shop-dev' } })).toEqual({
      provider: 'gcloud',
      scope,
    });
  });
  test('the one that is named wins over a cloud project', () => {
    const env = { DEVSERVICES_WORKSTATION_PROJECT: 'shop-dev' };
    expect(resolve({ provider: 'docker' }, env).provider).toBe('docker');
    expect(resolve({}, env, { provider: 'docker' }).provider).toBe('docker');
    const both = { ...env, DEVSERVICES_WORKSTATION_PROVIDER: 'docker' };
    expect(resolve({}, both, { provider: 'gcloud' }).provider).toBe('docker');
    expect(resolve({ provider: 'gcloud' }, both).provider).toBe('gcloud');
  });
  test('one that there is not is an error that names the variable and suggests', () => {
    const env = { DEVSERVICES_WORKSTATION_PROVIDER: 'dokcer' };
    expect(() => resolve({}, env)).toThrow(
      expect.objectContaining({
        code: 'DS_WORKSTATION_PROVIDER_UNKNOWN',
        message: expect.stringMatching(/DEVSERVICES_WORKSTATION_PROVIDER.*Did you mean "docker"/),
      }),
    );
  });
});

test('without a cloud project gcloud cannot be asked: flag, variable and field are named', () => {
  const env = { CLOUDSDK_CORE_PROJECT: 'not-this-one', DEVSERVICES_WORKSTATION_PROJECT: ' ' };
  expect(() => resolve({ provider: 'gcloud' }, env)).toThrow(
    expect.objectContaining({
      code: 'DS_WORKSTATION_SCOPE_MISSING',
      blame: 'user',
      hint: expect.stringMatching(
        /--cloud-project.*DEVSERVICES_WORKSTATION_PROJECT.*gcloud\.project/,
      ),
    }),
  );
});

test('flags win over variables, those over legacy ones, those over the configuration; empty is not set', () => {
  const text = fc.option(fc.constantFrom('', 'one', 'two'), { nil: undefined });
  const layers = fc.record({
    flag: text,
    variable: text,
    legacy: text,
    option: fc.constantFrom('one', 'two'),
  });
  const check = fc.property(layers, layers, (project, config) => {
    const flags = { cloudProject: project.flag, workstationConfig: config.flag };
    const env = Object.fromEntries(
      [
        ['DEVSERVICES_WORKSTATION_PROJECT', project.variable],
        ['SENTRY_WORKSTATION_PROJECT', project.legacy],
        ['DEVSERVICES_WORKSTATION_CONFIG', config.variable],
        ['SENTRY_WORKSTATION_CONFIG', config.legacy],
      ].filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    const gcloud = { project: project.option, config: config.option };
    const first = ({ flag, variable, legacy, option }: typeof project) =>
      flag || variable || legacy || option;
    expect(resolve(flags, env, { gcloud }).scope).toEqual({
      project: first(project),
      config: first(config),
    });
  });
  fc.assert(check, { numRuns: 200, seed: 8 });
});

test('region and cluster come by flag, variable and configuration, and are left out where nothing says them', () => {
  const gcloud = { project: 'shop-dev', region: 'r3', cluster: 'c3' };
  const env = { DEVSERVICES_WORKSTATION_REGION: 'r2', DEVSERVICES_WORKSTATION_CLUSTER: 'c2' };
  expect(resolve({}, {}, { gcloud }).scope).toMatchObject({ region: 'r3', cluster: 'c3' });
  expect(resolve({}, env, { gcloud }).scope).toMatchObject({ region: 'r2', cluster: 'c2' });
  expect(resolve({ region: 'r1', cluster: 'c1' }, env, { gcloud }).scope).toEqual({
    project: 'shop-dev',
    region: 'r1',
    cluster: 'c1',
  });
  expect(Object.keys(resolve({ cloudProject: 'shop-dev' }).scope)).toEqual(['project']);
});

test('the local provider is in the project of the checkout, whatever is said of a cloud', () => {
  const env = { DEVSERVICES_WORKSTATION_PROJECT: 'shop-dev', SENTRY_WORKSTATION_CONFIG: 'big' };
  expect(resolve({ provider: 'docker', region: 'r' }, env).scope).toEqual({ project: 'shop' });
  const flags = { provider: 'docker', workstationConfig: 'big' } as const;
  expect(resolve(flags).scope).toEqual({ project: 'shop', config: 'big' });
});
