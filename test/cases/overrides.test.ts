import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExplainedValue } from '../../core/lifecycle/explain-config.ts';
import { createCheckout } from '../rig/checkout.ts';

// No engine is asked: `config` only reads.
const checkout = createCheckout(null);

describe('each layer changes one field of one service', () => {
  afterAll(() => checkout[Symbol.asyncDispose]());
  checkout.write({
    'base.yaml': [
      'services:',
      '  postgres:',
      '    run:',
      '      docker:',
      '        kind: container',
      '        image: from-extends',
      '        user: from-extends',
      '        hostname: from-extends',
      '        workingDir: /from-extends',
      '        platform: linux/extends',
      '',
    ].join('\n'),
    'devservices.config.ts': [
      "import { container, defineConfig } from 'devservices';",
      'export default defineConfig({',
      "  extends: './base.yaml',",
      '  services: {',
      '    postgres: {',
      '      run: {',
      '        docker: container({',
      "          image: 'from-repo',",
      "          user: 'from-repo',",
      "          hostname: 'from-repo',",
      "          workingDir: '/from-repo',",
      '        }),',
      '      },',
      '    },',
      '  },',
      '});',
      '',
    ].join('\n'),
    'devservices.local.ts':
      "export default {\n  services: { postgres: { run: { docker: {\n    image: 'from-local',\n    user: 'from-local',\n    hostname: 'from-local',\n  } } } },\n};\n",
    'deep/er/.keep': '',
  });
  const env = {
    DEVSERVICES__SERVICES__POSTGRES__RUN__DOCKER__IMAGE: 'from-environment',
    DEVSERVICES__SERVICES__POSTGRES__RUN__DOCKER__USER: 'from-environment',
  };
  const explain = async (field: string, cwd = checkout.root) => {
    const path = `services.postgres.run.docker.${field}`;
    const args = [
      path,
      '--origin',
      '--set',
      'services.postgres.run.docker.image=from-flag',
      '--json',
    ];
    const { stdout, stderr, exitCode } = await checkout.task('config', args, { env, cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return (JSON.parse(stdout) as { values: ExplainedValue[] }).values[0];
  };

  test.each([
    ['image', 'from-flag', 'flag', undefined, undefined],
    ['user', 'from-environment', 'environment', undefined, undefined],
    ['hostname', 'from-local', 'local', 'devservices.local.ts', 5],
    ['workingDir', '/from-repo', 'repo', 'devservices.config.ts', 11],
    ['platform', 'linux/extends', 'extends', 'base.yaml', 10],
  ])('%s: %s', async (field, value, layer, file, line) => {
    const found = await explain(field, join(checkout.root, 'deep/er'));
    expect(found).toMatchObject({ path: `services.postgres.run.docker.${field}`, value, layer });
    expect(found?.file).toBe(file === undefined ? undefined : join(checkout.root, file));
    expect(found?.line).toBe(line);
  });

  test('for people: value, layer, file and line', async () => {
    const { stdout } = await checkout.task(
      'config',
      ['services.postgres.run.docker.hostname', '--origin'],
      { env },
    );
    for (const part of ['from-local', 'local', 'devservices.local.ts:5'])
      expect(stdout).toContain(part);
  });

  test('not found above the git top level', async () => {
    const inner = join(checkout.root, 'inner');
    mkdirSync(join(inner, '.git'), { recursive: true });
    const { exitCode, stderr } = await checkout.task('config', [], { cwd: inner });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('DS_CONFIG_NOT_FOUND');
  });
});
