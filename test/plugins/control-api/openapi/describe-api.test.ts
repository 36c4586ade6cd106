import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'devservices';
import { expect, test } from 'vitest';
import { describeApi } from '../../../../plugins/control-api/openapi/describe-api.ts';
import { defineSpec, type RouteSpec } from '../../../../plugins/control-api/route-spec.ts';
import { specs } from '../../../../plugins/control-api/specs/index.ts';

const mail = z.object({ id: z.int(), from: z.email() }).meta({ id: 'Mail' });

const mailSpecs: RouteSpec[] = [
  defineSpec({
    method: 'GET',
    path: '/mails',
    tag: 'mail',
    summary: 'All mails',
    access: 'known',
    query: z.strictObject({
      limit: z.coerce.number().int().max(100).default(20).describe('How many at most'),
      from: z.string(),
    }),
    answer: { kind: 'json', description: 'Newest first', schema: z.array(mail) },
  }),
  defineSpec({
    method: 'PUT',
    path: '/mails/{id}',
    tag: 'mail',
    summary: 'Changes a mail',
    access: { permission: 'mail.write', sudo: true },
    params: z.object({ id: z.coerce.number().int() }),
    body: mail.optional(),
    answer: { kind: 'json', status: 201, description: 'The mail', schema: z.object({ mail }) },
    problems: { DS_MAIL_UNKNOWN: 404, DS_MAIL_GONE: 404, DS_MAIL_FULL: 507 },
  }),
  defineSpec({
    method: 'DELETE',
    path: '/mails/{id}',
    tag: 'mail',
    summary: 'Throws a mail away',
    access: { permission: 'mail.write' },
    params: z.object({ id: z.string() }),
    body: z.strictObject({ why: z.string() }),
    answer: { kind: 'nothing', description: 'It is gone' },
  }),
  defineSpec({
    method: 'GET',
    path: '/mails/incoming',
    tag: 'post',
    summary: 'Mails as they come',
    access: 'known',
    answer: { kind: 'stream', description: 'One event a mail', schema: mail },
  }),
  defineSpec({
    method: 'GET',
    path: '/mails/count.txt',
    tag: 'mail',
    summary: 'How many there are',
    access: 'anybody',
    answer: { kind: 'text', description: 'A number', contentType: 'text/plain; charset=utf-8' },
  }),
];

const document = describeApi(mailSpecs);
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

test.each([
  ['of this plugin', specs],
  ['of others', mailSpecs],
  ['of nobody', []],
])('the document of the routes %s is an OpenAPI document, and always the same', async (_, list) => {
  const told = describeApi(list);
  const validator = new Validator();
  expect(await validator.validate(structuredClone(told) as Record<string, unknown>)).toEqual({
    valid: true,
  });
  expect(validator.version).toBe('3.1');
  expect(JSON.stringify(describeApi([...list]))).toBe(JSON.stringify(told));
});

test('every route of this plugin is in it, under a name of its own', () => {
  const { paths } = describeApi(specs);
  const told = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      key: `${method.toUpperCase()} ${path}`,
      operationId,
    })),
  );
  expect(told.map(({ key }) => key).toSorted()).toEqual(
    specs.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
  expect(new Set(told.map(({ operationId }) => operationId)).size).toBe(told.length);
  expect(told.filter(({ operationId }) => !/^[a-z][A-Za-z0-9]*$/.test(operationId))).toEqual([]);
});

test('the words of a path are the parameters of its route', () => {
  for (const [path, methods] of Object.entries(describeApi([...specs, ...mailSpecs]).paths)) {
    for (const [method, { parameters = [] }] of Object.entries(methods)) {
      const named = parameters.flatMap((one) =>
        'in' in one && one.in === 'path' ? [one.name] : [],
      );
      const words = [...path.matchAll(/\{(\w+)\}/g)].map(([, word]) => word);
      expect({ path, method, named }).toEqual({ path, method, named: words });
    }
  }
});

test('a schema with an id stands once, and is referred to', () => {
  expect(Object.keys(document.components.schemas)).toEqual(['Mail', 'Problem']);
  const text = JSON.stringify(document.paths);
  expect(text.match(/"\$ref":"#\/components\/schemas\/Mail"/g)).toHaveLength(4);
  expect(text).not.toContain('"format":"email"');
});

test('one whose two sides differ has two names', () => {
  const draft = z.object({ text: z.string().default('') }).meta({ id: 'Draft' });
  const holder = z.object({ draft }).meta({ id: 'Holder' });
  const spec = { method: 'POST', path: '/drafts', tag: 'mail', summary: '', access: 'known' };
  const { paths, components } = describeApi([
    {
      ...spec,
      body: holder,
      answer: { kind: 'json', description: '', schema: holder },
    } as unknown as RouteSpec,
  ]);
  expect(Object.keys(components.schemas)).toEqual([
    'Draft',
    'Draft2',
    'Holder',
    'Holder2',
    'Problem',
  ]);
  expect(components.schemas).toMatchObject({
    Draft: { properties: { text: { default: '' } } },
    Holder: { properties: { draft: { $ref: '#/components/schemas/Draft' } } },
    Holder2: { properties: { draft: { $ref: '#/components/schemas/Draft2' } } },
    Draft2: { required: ['text'] },
  });
  expect(paths['/drafts']?.['post']?.responses['200']?.content).toEqual({
    'application/json': { schema: { $ref: '#/components/schemas/Holder2' } },
  });
});

test('what a route takes and gives is told', () => {
  const put = document.paths['/mails/{id}']?.['put'];
  expect(put).toMatchObject({
    operationId: 'putMailsById',
    tags: ['mail'],
    requestBody: { required: false },
  });
  expect(document.paths['/mails/{id}']?.['delete']).toMatchObject({
    requestBody: { required: true },
    responses: { 204: { description: 'It is gone' } },
  });
  expect(put?.responses['201']?.content).toHaveProperty('application/json');
  expect(document.paths['/mails']?.['get']?.parameters).toEqual([
    {
      name: 'limit',
      in: 'query',
      description: 'How many at most',
      schema: { type: 'integer', maximum: 100, default: 20 },
    },
    { name: 'from', in: 'query', required: true, schema: { type: 'string' } },
    { $ref: '#/components/parameters/superuser' },
    { $ref: '#/components/parameters/as' },
  ]);
  expect(document.paths['/mails/incoming']?.['get']?.responses['200']?.content).toEqual({
    'text/event-stream': {
      schema: { type: 'string' },
      'x-devservices-event': { $ref: '#/components/schemas/Mail' },
    },
  });
  expect(document.paths['/mails/count.txt']?.['get']?.responses['200']?.content).toEqual({
    'text/plain; charset=utf-8': { schema: { type: 'string' } },
  });
});

test('who may call a route is told', () => {
  expect(document.paths['/mails/count.txt']?.['get']?.security).toEqual([{}, { bearer: [] }]);
  expect(document.paths['/mails']?.['get']?.security).toEqual([{ bearer: [] }]);
  const put = document.paths['/mails/{id}']?.['put'];
  expect(put?.security).toEqual([{ bearer: ['mail.write'] }]);
  expect(put?.['x-devservices-permission']).toBe('mail.write');
  expect(put?.['x-devservices-sudo']).toBe(true);
  expect(put?.parameters).toContainEqual({ $ref: '#/components/parameters/sudo' });
  expect(document.paths['/mails/{id}']?.['delete']).not.toHaveProperty('x-devservices-sudo');
});

test('problems stand by status, with their codes, and are all of one shape', () => {
  const responses = document.paths['/mails/{id}']?.['put']?.responses ?? {};
  expect(Object.keys(responses)).toEqual([
    '201',
    '400',
    '401',
    '403',
    '404',
    '415',
    '507',
    'default',
  ]);
  expect(responses['404']?.['x-devservices-codes']).toEqual(['DS_MAIL_GONE', 'DS_MAIL_UNKNOWN']);
  expect(responses['403']?.['x-devservices-codes']).toContain('DS_API_SUDO_NEEDED');
  const problems = operations.flatMap(({ responses: all }) =>
    Object.entries(all).filter(([status]) => status === 'default' || Number(status) >= 400),
  );
  expect(problems.length).toBeGreaterThan(operations.length);
  for (const [, { content }] of problems) {
    expect(content).toEqual({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    });
  }
});

test('a route that is added later is told as well', () => {
  const list = mailSpecs.slice(0, 1);
  expect(describeApi(list)).toBe(describeApi(list));
  list.push(...mailSpecs.slice(1));
  expect(JSON.stringify(describeApi(list))).toBe(JSON.stringify(document));
});
