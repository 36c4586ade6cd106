import { describe, expect, it } from 'vitest';
import type { Config, InlineTask } from '../../../core/config/config.ts';
import { notesOf, unwrap } from '../../../core/config/describe-schema.ts';
import {
  configSchema,
  dependency,
  inlineTask,
  permissions,
  readyStep,
  service,
} from '../../../core/config/schema.ts';
import { readinessKinds } from '../../../core/config/schema-readiness.ts';
import type { Permissions } from '../../../core/permissions/permissions.ts';
import type { Readiness } from '../../../core/readiness/readiness.ts';
import type { ServiceFields } from '../../../core/contracts.ts';
import type { Dependency, ReadyStep, Service } from '../../../core/service/service.ts';
import { renderConfigurationDoc } from '../../../docs/generate-configuration.ts';
import { containerPairs, type Keys } from './container-keys.ts';

const config: Keys<Config> = {
  project: true,
  extends: true,
  engine: true,
  services: true,
  plugins: true,
  tasks: true,
  permissions: true,
  options: true,
  optionsFile: true,
  hookTimeout: true,
  telemetry: true,
};
const aService: Keys<Omit<Service, keyof ServiceFields>> = {
  run: true,
  ports: true,
  ready: true,
  exports: true,
  dependsOn: true,
  onlyIf: true,
  profiles: true,
  autoStart: true,
  onReady: true,
};
const aDependency: Keys<Dependency> = { condition: true, restart: true, required: true };
const aStep: Keys<ReadyStep> = { run: true, onFailure: true, inputs: true };
const aTask: Keys<InlineTask> = { command: true, description: true, needs: true };
const thePermissions: Keys<Permissions> = {
  run: true,
  net: true,
  read: true,
  write: true,
  env: true,
  engine: true,
  project: true,
};
type Timing = { interval: true; timeout: true; deadline: true; startPeriod: true };
const timing: Timing = { interval: true, timeout: true, deadline: true, startPeriod: true };
const kinds: {
  readonly [Kind in Readiness['kind']]: Keys<Extract<Readiness, { kind: Kind }>>;
} = {
  http: { kind: true, path: true, port: true, status: true, ...timing },
  port: { kind: true, port: true, ...timing },
  log: { kind: true, pattern: true, flags: true, times: true, deadline: true },
  command: { kind: true, command: true, pattern: true, flags: true, ...timing },
  healthcheck: { kind: true, deadline: true },
  all: { kind: true, of: true },
  none: { kind: true },
};

const pairs: [name: string, typed: object, shape: Readonly<Record<string, object>>][] = [
  ['Config', config, configSchema.shape],
  ['Service', aService, service.shape],
  ...containerPairs,
  ['Dependency', aDependency, dependency.shape],
  ['ReadyStep', aStep, readyStep.shape],
  ['InlineTask', aTask, inlineTask.shape],
  ['Permissions', thePermissions, permissions.shape],
  ...Object.entries(readinessKinds).map(([kind, { shape }]): (typeof pairs)[number] => [
    `ready.${kind}`,
    kinds[kind as keyof typeof kinds],
    shape,
  ]),
];

describe('the schemas', () => {
  it.each(pairs)('have exactly the fields of %s', (_, typed, shape) => {
    expect(Object.keys(shape).toSorted()).toEqual(Object.keys(typed).toSorted());
  });

  it('have a kind for every readiness', () => {
    expect(Object.keys(readinessKinds).toSorted()).toEqual(Object.keys(kinds).toSorted());
  });
});

describe('docs/configuration.md', () => {
  const page = renderConfigurationDoc();

  it('says of every field what it may be and what it means', () => {
    for (const [name, , shape] of pairs) {
      for (const [key, field] of Object.entries(shape)) {
        if (key === 'kind') continue;
        const schema = field as Parameters<typeof notesOf>[0];
        const meaning = notesOf(schema).description ?? notesOf(unwrap(schema)).description;
        expect(meaning, `${name}.${key}`).toMatch(/\.$/);
        expect(page, `${name}.${key}`).toMatch(
          new RegExp(String.raw`^\| \`${key}\` \| \S[^|]* \| \S[^\n]* \|$`, 'm'),
        );
        expect(page).toContain(meaning);
      }
    }
    expect(page).not.toMatch(/another value|undefined/);
  });

  it('says which variables and layers there are', () => {
    for (const word of [
      'DEVSERVICES_PROJECT',
      'DEVSERVICES_ENGINE',
      'DEVSERVICES_CONFIG',
      '--set',
      '`local`',
    ]) {
      expect(page).toContain(word);
    }
  });
});
