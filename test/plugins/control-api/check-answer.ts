import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { ApiDocument } from '../../../plugins/control-api/openapi/api-document.ts';

export interface ToldAnswer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON. */
  body: unknown;
}

/** What of an answer is not as the document says; empty where all is. `key`: `GET /services/{name}`. */
export type AnswerCheck = (key: string, answer: ToldAnswer) => readonly string[];

/** Checks answers against the document, in which they may have nothing that it does not say. */
export function createAnswerCheck(document: ApiDocument): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  ajvFormats.default(ajv);
  ajv.addSchema({ ...(closed(document) as object), $id: 'https://api.test/' });
  const validate = (pointer: readonly string[], body: unknown): string[] => {
    const path = pointer.map((word) =>
      encodeURIComponent(word.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const $ref = `https://api.test/#/${path.join('/')}`;
    const check = ajv.getSchema($ref) ?? ajv.compile({ $ref });
    if (check(body)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    );
  };
  return (key, { status, headers, body }) => {
    const type = (headers.get('content-type') ?? '').replace(/;\s*charset=utf-8$/i, '');
    if (status >= 400) {
      if (type !== 'application/problem+json') return [`a problem of the type "${type}"`];
      const told = (body as { status?: unknown }).status;
      const wrong = told === status ? [] : [`status ${status} tells of ${String(told)}`];
      return [...wrong, ...validate(['components', 'schemas', 'Problem'], body)];
    }
    const [method = '', path = ''] = key.split(' ');
    const pointer = ['paths', path, method.toLowerCase(), 'responses', String(status)];
    const { content } = document.paths[path]?.[method.toLowerCase()]?.responses[status] ?? {};
    if (status === 204) return body === undefined ? [] : ['something in no content'];
    const told = Object.keys(content ?? {}).find(
      (one) => one.replace(/;\s*charset=utf-8$/i, '') === type,
    );
    if (told === undefined) return [`${status} of the type "${type}" is not in the document`];
    if (told !== 'application/json') return [];
    return validate([...pointer, 'content', told, 'schema'], body);
  };
}

/** The answer with its body read to the end; of a stream nothing is read. */
export async function readAnswer(response: Response): Promise<ToldAnswer> {
  const { status, headers } = response;
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return { status, headers, body: undefined };
  }
  const text = await response.text();
  const isJson = /^application\/(?:problem\+)?json/.test(type);
  return { status, headers, body: isJson ? JSON.parse(text) : text === '' ? undefined : text };
}

/** Objects may have more than is told, so that they can grow: here that would go unnoticed. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  const isOpen =
    copy['type'] === 'object' && copy['properties'] && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
