import { expect, test } from 'vitest';
import { z } from 'zod';
import { container } from '../../../core/run/run.ts';
import type { ServiceFieldSchemas } from '../../../core/config/service-fields.ts';
import { createRepo, problemsOf } from './config-repo.ts';
import { problems, service, validate } from './validating.ts';

const serviceFields: ServiceFieldSchemas = new Map([
  ['backup', { plugin: 'backups', schema: z.strictObject({ every: z.string() }) }],
  ['watched', { plugin: 'guard', schema: z.boolean().default(true) }],
]);

test('a field that a plugin brought is kept as its schema makes it, and nobody has to have it', () => {
  const { services } = validate(
    {
      services: {
        db: { run: container({ image: 'x' }), backup: { every: '1h' } },
        web: { run: container({ image: 'x' }) },
      },
    },
    { serviceFields },
  );
  expect(services['db']).toMatchObject({ backup: { every: '1h' }, watched: true });
  expect(services['web']).not.toHaveProperty('backup');
});

test('what is wrong in it is said as of any other, with its place and what was meant', async () => {
  expect(
    await problems(service({ backup: { evry: '1h', every: 5 }, watched: 'yes' }), {
      serviceFields,
    }),
  ).toEqual([
    'services.db.backup.every: Expected a text, found 5.',
    'services.db.backup.evry: There is no such setting. Did you mean "every"?',
    'services.db.watched: Expected true or false, found "yes".',
  ]);
  expect(await problems(service({ bakup: {} }), { serviceFields })).toEqual([
    'services.db.bakup: There is no such setting. Did you mean "backup"?',
  ]);
});

test('the problem of a field has the file and line that it was written in', async () => {
  const repo = createRepo({
    'devservices.config.yaml':
      'services:\n  db:\n    run: { kind: container, image: x }\n    backup:\n      every: 5\n',
  });
  const merged = await repo.merge();
  expect(
    await problemsOf(() => validate({}, { ...merged, serviceFields, root: repo.root })),
  ).toEqual(['services.db.backup.every (devservices.config.yaml:5): Expected a text, found 5.']);
});

test('without the plugin there is no such field; of one of ours it is said which to list', async () => {
  expect(await problems(service({ backup: { every: '1h' }, instrument: true }))).toEqual([
    expect.stringMatching(/^services\.db\.backup: There is no such setting\. There are: run, /),
    "services.db.instrument: There is no such setting. It comes with `sentry()` from 'devservices/plugins/sentry': add that to `plugins`.",
  ]);
  // Only there: elsewhere it is a misspelt word as any other.
  expect(await problems({ instrument: true })).toEqual([
    expect.stringMatching(/^instrument: There is no such setting\. There are: project, /),
  ]);
});

test('fields of one project are no fields of the next', async () => {
  validate(service({ backup: { every: '1h' } }), { serviceFields });
  expect(await problems(service({ backup: { every: '1h' } }))).toHaveLength(1);
});
