import type { z } from 'devservices';
import type { Answer, RouteSpec } from '../route-spec.ts';
import type { ApiOperation, ApiParameter, ApiResponseText, JsonSchema } from './api-document.ts';
import { problem } from './problem-schema.ts';
import { problemsOf } from './problems-of.ts';
import type { SchemaBook, SchemaSide } from './schema-book.ts';
import { refTo } from './shared-parameters.ts';

/** One route as an operation of the document. */
export function describeOperation(
  spec: RouteSpec,
  { book, operationId }: { book: SchemaBook; operationId: string },
): ApiOperation {
  const { summary, description, tag, access, body, answer } = spec;
  const told = body && book.tell(body, 'input');
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    security: securityOf(spec),
    ...(typeof access === 'object' && { 'x-devservices-permission': access.permission }),
    ...(typeof access === 'object' && access.sudo && { 'x-devservices-sudo': true }),
    parameters: [
      ...parametersIn(spec.params, { place: 'path', book }),
      ...parametersIn(spec.query, { place: 'query', book }),
      ...headersOf(spec),
    ],
    ...(told && {
      requestBody: {
        required: !told.isOptional,
        content: { 'application/json': { schema: told.schema } },
      },
    }),
    responses: {
      ...describeAnswer(answer, book),
      ...describeProblems(spec, book.tell(problem, 'output').schema),
    },
  };
}

function securityOf({ access }: RouteSpec): ApiOperation['security'] {
  if (access === 'anybody') return [{}, { bearer: [] }];
  // Of a scheme without scopes these are the roles that are needed.
  return [{ bearer: access === 'known' ? [] : [access.permission] }];
}

function parametersIn(
  schema: z.ZodType | undefined,
  { place, book }: { place: 'path' | 'query'; book: SchemaBook },
): ApiParameter[] {
  if (!schema) return [];
  const told = objectOf(schema, { book, side: 'input' });
  const made = objectOf(schema, { book, side: 'output' });
  return Object.entries(told.properties).map(([name, property]) => {
    const { description, ...rest } = property;
    // Of what is made of a text before it is checked, only what comes out says what it may be.
    const { description: _, ...output } = made.properties[name] ?? {};
    return {
      name,
      in: place,
      ...(place === 'path' || told.required.includes(name) ? { required: true } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      schema: Object.keys(rest).some((key) => key !== 'default') ? rest : { ...output, ...rest },
    };
  });
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

function objectOf(
  schema: z.ZodType,
  { book, side }: { book: SchemaBook; side: SchemaSide },
): ObjectSchema {
  const { properties = {}, required = [] } = book.tell(schema, side)
    .schema as Partial<ObjectSchema>;
  return { properties, required };
}

function headersOf({ access, answer }: RouteSpec): { $ref: string }[] {
  return [
    ...(answer.kind === 'stream' ? [refTo('lastEventId')] : []),
    refTo('superuser'),
    ...(typeof access === 'object' && access.sudo ? [refTo('sudo')] : []),
    refTo('as'),
  ];
}

function describeAnswer(answer: Answer, book: SchemaBook): Record<string, ApiResponseText> {
  const { kind, description } = answer;
  switch (kind) {
    case 'nothing':
      return { 204: { description } };
    case 'json': {
      const { schema } = book.tell(answer.schema, 'output');
      return {
        [answer.status ?? 200]: { description, content: { 'application/json': { schema } } },
      };
    }
    case 'text':
      return {
        200: { description, content: { [answer.contentType]: { schema: { type: 'string' } } } },
      };
    case 'stream':
      return {
        200: {
          description,
          content: {
            'text/event-stream': {
              schema: { type: 'string' },
              'x-devservices-event': book.tell(answer.schema, 'output').schema,
            },
          },
        },
      };
  }
}

function describeProblems(spec: RouteSpec, schema: JsonSchema): Record<string, ApiResponseText> {
  const content = { 'application/problem+json': { schema } };
  const ofCodes = [...problemsOf(spec)].map(([status, codes]) => [
    String(status),
    { description: codes.join(', '), 'x-devservices-codes': codes, content },
  ]);
  return {
    ...(Object.fromEntries(ofCodes) as Record<string, ApiResponseText>),
    default: { description: 'Any other problem', content },
  };
}
