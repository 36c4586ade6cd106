import fc from 'fast-check';
import type {
  ApiDocument,
  ApiOperation,
  ApiParameter,
} from '../../../plugins/control-api/openapi/api-document.ts';
import { anyValue, fittingValue } from './arbitrary-value.ts';

export interface FuzzedRequest {
  /** `GET /services/{name}` */
  key: string;
  method: string;
  /** With its query, as it is sent. */
  target: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

interface Part {
  path: string;
  operation: ApiOperation;
  document: ApiDocument;
}

/** Requests of every route: good ones, ones with something wrong in them, and rubbish. */
export function arbitraryRequest(document: ApiDocument): fc.Arbitrary<FuzzedRequest> {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.oneof(
    ...routes.map(({ path, method, operation }) => {
      const part: Part = { path, operation, document };
      return fc.record({
        key: fc.constant(`${method.toUpperCase()} ${path}`),
        method: mostly(fc.constant(method.toUpperCase()), anyMethod),
        target: mostly(
          fc.tuple(pathOf(part), queryOf(part)).map(([one, query]) => `/api/0${one}${query}`),
          anyTarget,
        ),
        headers: headersOf(part),
        body: mostly(bodyOf(part), anyBody),
      });
    }),
  );
}

const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: other });

const anyMethod = fc.constantFrom(
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'QUERY',
);

// What is sent as it is: percents that mean nothing, what is decoded twice, and none of what ends a line.
const anyTarget = fc
  .array(
    fc.constantFrom(
      '/',
      '//',
      '..',
      '.',
      '%2e',
      '%2f',
      '%',
      '%zz',
      '%00',
      '%C0%AF',
      '\\',
      'api',
      '0',
      'services',
      'users',
      'ada',
      '?',
      '&',
      '=',
      '#',
      '{name}',
      ';',
      'é',
    ),
    { maxLength: 12 },
  )
  .map((parts) => `/${parts.join('')}`);

function parametersIn({ operation, document }: Part, place: string): ApiParameter[] {
  return (operation.parameters ?? [])
    .map((one) =>
      'in' in one ? one : document.components.parameters[one.$ref.split('/').at(-1) ?? ''],
    )
    .filter((one): one is ApiParameter => one?.in === place);
}

function valueOf({ schema }: ApiParameter, document: ApiDocument): fc.Arbitrary<unknown> {
  return mostly(fittingValue(schema, document), anyValue);
}

function pathOf(part: Part): fc.Arbitrary<string> {
  const words = Object.fromEntries(
    parametersIn(part, 'path').map((one) => [one.name, valueOf(one, part.document)]),
  );
  return fc
    .tuple(fc.record(words), fc.constantFrom('', '', '', '', '/', '/x'))
    .map(
      ([values, end]) =>
        part.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(values[name])) + end,
    );
}

function queryOf(part: Part): fc.Arbitrary<string> {
  const known = parametersIn(part, 'query');
  const values = fc.record(
    Object.fromEntries(known.map((one) => [one.name, valueOf(one, part.document)])),
    { requiredKeys: known.filter(({ required }) => required).map(({ name }) => name) },
  );
  const others = mostly<[string, unknown][]>(
    fc.constant([]),
    fc.array(fc.tuple(fc.string({ maxLength: 8 }), anyValue), { maxLength: 2 }),
  );
  return fc.tuple(values, others).map(([given, more]) => {
    const pairs = [...Object.entries(given), ...more].flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => `${encode(name)}=${encode(one)}`),
    );
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  });
}

function headersOf(part: Part): fc.Arbitrary<Record<string, string>> {
  const flags = Object.fromEntries(
    parametersIn(part, 'header').map((one) => [
      one.name,
      fc.oneof(
        fc.constantFrom('true', 'false', 'user:ada', 'user:nobody', 'user:%zz', 'anonymous', '5'),
        fc.string({
          maxLength: 10,
          unit: fc.constantFrom('a', ':', '%', '=', ' ', ';', ',', '"', '1', 'é'),
        }),
      ),
    ]),
  );
  const usual = fc.constantFrom<Record<string, string>>({ 'Devservices-Sudo': 'true' }, {});
  const types = mostly(
    fc.constant<Record<string, string>>({ 'Content-Type': 'application/json' }),
    fc.constantFrom<Record<string, string>>(
      { 'Content-Type': 'text/plain' },
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      { 'Content-Type': 'application/json; charset=utf-16' },
      { 'Content-Type': ';;;' },
      { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      {},
    ),
  );
  const any = fc.record(flags, { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>;
  return fc.tuple(mostly(usual, any), types).map(([one, other]) => ({ ...one, ...other }));
}

function bodyOf({ operation, document }: Part): fc.Arbitrary<string | undefined> {
  const schema = operation.requestBody?.content['application/json'].schema;
  if (!schema) return fc.constant(undefined);
  const fitting = fittingValue(schema, document);
  const nearly = fc
    .tuple(fitting, fc.string({ maxLength: 8 }), anyValue)
    .map(([value, name, other]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? changed(value, name, other)
        : value,
    );
  return fc.oneof(fitting, nearly).map((value) => JSON.stringify(value));
}

/** With a field more, or another value in one that is there. */
function changed(value: object, name: string, other: unknown): object {
  const [first = name] = Object.keys(value);
  return { ...value, [name.length > 4 ? first : name]: other };
}

const anyBody: fc.Arbitrary<string | undefined> = fc.oneof(
  fc.constant(undefined),
  anyValue.map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 50 }),
  fc.constantFrom(
    '{',
    '[',
    '{"a":',
    '\u0000',
    'null',
    '['.repeat(5000),
    '{"__proto__":{}}',
    'a=b&c=d',
  ),
);

function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return encodeURIComponent(text.toWellFormed().slice(0, 2000));
}
