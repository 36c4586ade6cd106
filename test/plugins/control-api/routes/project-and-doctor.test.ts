import { writeFileSync } from 'node:fs';
import { container, secret } from 'devservices';
import { expect, test } from 'vitest';
import { asked, openHandlers } from './open-handlers.ts';

const none = asked<undefined>({});

test('the project is told without looking at anything', async () => {
  await using api = await openHandlers({});
  const { project, checkout } = api.test.host.project;
  expect(await api.handlers['GET /project'](none)).toEqual({
    project,
    checkout,
    root: api.test.root,
    version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    task: null,
  });
  expect(api.opened()).toBe(0);
});

test('doctor answers with what it found, also where the configuration is broken', async () => {
  await using api = await openHandlers({ db: { run: container({ image: 'db' }) } });
  const well = await api.handlers['GET /doctor'](none);
  expect(well.findings.length).toBeGreaterThan(0);
  expect(well.findings.every(({ name, text }) => name !== '' && text !== '')).toBe(true);
  await api.clock.advance(5000);
  writeFileSync(api.test.configFile, 'export default {');
  const { ok, findings } = await api.handlers['GET /doctor'](none);
  expect(ok).toBe(false);
  expect(findings).toContainEqual(
    expect.objectContaining({
      name: 'configuration',
      level: 'problem',
      facts: { code: 'DS_CONFIG_MALFORMED' },
    }),
  );
});

test('doctor tells no secret that the host knows', async () => {
  await using api = await openHandlers({
    db: { run: container({ image: 'db', environment: { PASSWORD: secret('hunter2-hunter2') } }) },
  });
  await api.test.up();
  await api.handlers['GET /plan'](asked({ query: {} }));
  api.test.runner.diagnose = async () => [
    {
      name: 'engine',
      level: 'warning',
      text: 'it said hunter2-hunter2',
      facts: { it: ['hunter2-hunter2'] },
    },
  ];
  const { findings } = await api.handlers['GET /doctor'](none);
  expect(findings.some(({ name }) => name === 'engine')).toBe(true);
  expect(JSON.stringify(findings)).not.toContain('hunter2-hunter2');
});
