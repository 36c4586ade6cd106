import { readFileSync } from 'node:fs';
import { createTestHost } from 'devservices/testing';
import { expect, test } from 'vitest';
import { anchorOf } from '../../docs/generate-api.ts';
import { controlApi } from '../../plugins/control-api/index.ts';
import { permissions } from '../../plugins/permissions/index.ts';
import { store } from '../../plugins/store/index.ts';
import { createRepo } from '../core/cli/run-main.ts';
import { mails } from './examples/api-mails.ts';

test('the task of the page asks the API in its own process, with the configuration of the page', async () => {
  const repo = createRepo({
    'devservices.config.ts': readFileSync('test/docs/examples/api-config.ts', 'utf8').replace(
      'services: {}',
      "services: { postgres: { run: { kind: 'container', image: 'postgres:17' } } }",
    ),
    'tasks/names.ts': readFileSync('test/docs/examples/api-task.ts', 'utf8'),
  });
  const { exitCode, stdout, stderr } = await repo.run('names');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout + stderr).toContain('postgres is stopped');
});

test('the routes of the page’s plugin are answered, described and guarded as any others', async () => {
  await using host = createTestHost({
    config: { plugins: [store(), permissions(), controlApi(), mails] },
  });
  await host.host.configure();
  const api = await host.host.use('api');
  const owner = api.client({ as: 'owner' });
  const { body } = await owner.get('/mails', { params: { limit: 5 } });
  expect(body.mails).toEqual([{ id: 1, to: 'ada@example.com', subject: 'Hello' }]);

  const { users } = await host.host.use('permissions');
  await users.add({ username: 'ada', superuser: true, by: 'os:test' });
  const ada = api.client({ as: { user: 'ada' } });
  const drop = { params: { id: 1 }, superuser: true };
  await expect(ada.delete('/mails/{id}', drop)).rejects.toMatchObject({ code: 'DS_API_FORBIDDEN' });
  expect((await owner.delete('/mails/{id}', drop)).status).toBe(204);
  await expect(owner.delete('/mails/{id}', drop)).rejects.toMatchObject({
    status: 404,
    code: 'DS_MAIL_UNKNOWN',
    body: { detail: 'There is no mail 1.', hint: '`GET /mails` lists those that there are.' },
  });
  await expect(owner.get('/mails', { params: { limit: 500 } })).rejects.toMatchObject({
    status: 400,
    code: 'DS_API_INVALID',
  });

  const { paths, components } = api.describe() as ReturnType<typeof JSON.parse>;
  expect(paths['/mails/{id}'].delete['x-devservices-permission']).toBe('mail.drop');
  expect(components.schemas.Mail.required).toEqual(['id', 'to', 'subject']);
});

test('every link of the page to a heading leads to one', () => {
  const text = readFileSync('docs/api.md', 'utf8');
  const anchorsOf = (page: string) =>
    new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
  const anchors = {
    '': anchorsOf(text),
    'errors.md': anchorsOf(readFileSync('docs/errors.md', 'utf8')),
  };
  const links = [...text.matchAll(/\]\((|errors\.md)#([^)]+)\)/g)];
  const dead = links.filter(([, page, anchor = '']) => !anchors[page as ''].has(anchor));
  expect(links.length).toBeGreaterThan(60);
  expect(dead.map(([link]) => link)).toEqual([]);
});
