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
import { build } from '../../../core/config/schema-build.ts';
import { containerRun, healthcheck } from '../../../core/config/schema-container.ts';
import { readinessKinds } from '../../../core/config/schema-readiness.ts';
import type { Permissions } from '../../../core/permissions/permissions.ts';
import type { Readiness } from '../../../core/readiness/readiness.ts';
import type { BuildFields } from '../../../core/run/build-fields.ts';
import type { ContainerRun, Healthcheck } from '../../../core/run/run.ts';
import type { Dependency, ReadyStep, Service } from '../../../core/service/service.ts';
import { renderConfigurationDoc } from '../../../docs/generate-configuration.ts';

/** A record of exactly a type's keys: a key more or less does not compile. */
type Keys<Type> = Readonly<Record<keyof Type, true>>;

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
};
const aService: Keys<Service> = {
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
const aContainer: Keys<ContainerRun> = {
  kind: true,
  image: true,
  build: true,
  command: true,
  entrypoint: true,
  environment: true,
  envFile: true,
  user: true,
  workingDir: true,
  hostname: true,
  volumes: true,
  tmpfs: true,
  labels: true,
  aliases: true,
  extraHosts: true,
  healthcheck: true,
  restart: true,
  init: true,
  platform: true,
  privileged: true,
  capAdd: true,
  capDrop: true,
  shmSize: true,
  ulimits: true,
  sysctls: true,
  stopSignal: true,
  stopGracePeriod: true,
};
const aBuild: Keys<BuildFields> = {
  context: true,
  dockerfile: true,
  dockerfileInline: true,
  args: true,
  target: true,
  secrets: true,
  ssh: true,
  cacheFrom: true,
  cacheTo: true,
  noCache: true,
  network: true,
  labels: true,
  extraHosts: true,
  shmSize: true,
  additionalContexts: true,
};
const aHealthcheck: Keys<Healthcheck> = {
  test: true,
  interval: true,
  timeout: true,
  retries: true,
  startPeriod: true,
  disable: true,
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
  ['ContainerRun', aContainer, containerRun.shape],
  ['Build', aBuild, build.shape],
  ['Healthcheck', aHealthcheck, healthcheck.shape],
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
