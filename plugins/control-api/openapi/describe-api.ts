import type { RouteSpec } from '../route-spec.ts';
import type { ApiDocument, ApiOperation } from './api-document.ts';
import { describeOperation } from './describe-operation.ts';
import { createSchemaBook } from './schema-book.ts';
import { sharedParameters } from './shared-parameters.ts';

/**
 * The OpenAPI 3.1 document of these routes: of the same routes the same text. Schemas with an id, such as
 * `z.object({ … }).meta({ id: 'Mail' })`, stand once below `components`.
 */
export function describeApi(specs: readonly RouteSpec[]): ApiDocument {
  // Anybody may ask for it, and routes are only ever added.
  const known = made.get(specs);
  if (known?.length === specs.length) return known.document;
  const document = createDocument(specs);
  made.set(specs, { length: specs.length, document });
  return document;
}

const made = new WeakMap<readonly RouteSpec[], { length: number; document: ApiDocument }>();

function createDocument(specs: readonly RouteSpec[]): ApiDocument {
  const book = createSchemaBook();
  const ids = operationIds(specs);
  const paths: Record<string, Record<string, ApiOperation>> = {};
  specs.forEach((spec, index) => {
    const operation = describeOperation(spec, { book, operationId: ids[index] ?? '' });
    (paths[spec.path] ??= {})[spec.method.toLowerCase()] = operation;
  });
  return {
    openapi: '3.1.0',
    info: { title: 'devservices: control API', version: '0', description, license },
    servers: [{ url: '/api/0' }],
    tags: [...new Set(specs.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer },
      parameters: sharedParameters,
      schemas: book.components(),
    },
  };
}

const description =
  'What a project can be asked, and told to do. Whatever is not 2xx is a Problem with a permanent code.';

const license = { name: 'MIT', identifier: 'MIT' };

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description:
    "The server's own token, which is the owner's, or one of `devservices tokens add`. Never in an address. The role that a route names, and `x-devservices-permission`, is the permission that is needed: the owner has every one; a user who is a superuser, and says so (`Devservices-Superuser`), those that were given; a token those that it was made with, while its user has them. `x-devservices-sudo`: the call has to say `Devservices-Sudo: true` as well.",
};

/** `GET /services/{name}` is getServicesByName. */
function operationIds(specs: readonly RouteSpec[]): string[] {
  const taken = new Set<string>();
  return specs.map(({ method, path }) => {
    const words = path.split('/').flatMap((segment) => {
      const found = segment.match(/[A-Za-z0-9]+/g) ?? [];
      return segment.startsWith('{') ? ['by', ...found] : found;
    });
    const id = [method.toLowerCase(), ...words.map(capitalised)].join('');
    let free = id;
    for (let number = 2; taken.has(free); number++) free = `${id}${number}`;
    taken.add(free);
    return free;
  });
}

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
