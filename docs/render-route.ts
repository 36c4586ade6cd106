import type {
  ApiDocument,
  ApiOperation,
  ApiParameter,
} from '../plugins/control-api/openapi/api-document.ts';
import type { RouteSpec } from '../plugins/control-api/route-spec.ts';
import { curlExamples } from './api-examples/curl.ts';
import { clientExample } from './api-examples/read-client-examples.ts';
import { renderType } from './render-type.ts';

/** The section of a route. */
export function renderRoute(document: ApiDocument): (spec: RouteSpec) => string[] {
  return ({ method, path, access, problems = {} }) => {
    const operation = document.paths[path]?.[method.toLowerCase()] as ApiOperation;
    const key = `${method} ${path}`;
    const parameters = parametersOf(document, operation);
    const curl = curlExamples[key];
    const client = clientExample(key);
    return [
      `### ${key}`,
      [`${operation.summary}.`, operation.description].filter(Boolean).join(' '),
      `Who: ${whoMay(access)}`,
      ...(parameters.length > 0 ? [renderParameters(parameters)] : []),
      ...renderBody(operation),
      renderAnswer(operation),
      ...renderProblems(operation, problems),
      ...(curl === undefined ? [] : [`\`\`\`bash\n${curl}\n\`\`\``]),
      ...(client === undefined ? [] : [`\`\`\`ts\n${client}\n\`\`\``]),
    ];
  };
}

function whoMay(access: RouteSpec['access']): string {
  if (access === 'anybody') return 'anybody, also without a token.';
  if (access === 'known') return 'the owner, every active user, every token.';
  const { permission, sudo } = access;
  const who = `the owner; users who have \`${permission}\` and act as the superusers they are; tokens with it.`;
  return sudo ? `${who} Each of them has to say sudo.` : who;
}

/** Those of the path and of the query: the headers are the same everywhere. */
function parametersOf(document: ApiDocument, { parameters = [] }: ApiOperation): ApiParameter[] {
  return parameters
    .map((one) =>
      'in' in one ? one : document.components.parameters[one.$ref.split('/').at(-1) ?? ''],
    )
    .filter((one): one is ApiParameter => one !== undefined && one.in !== 'header');
}

function renderParameters(parameters: readonly ApiParameter[]): string {
  const rows = parameters.map(({ name, in: place, description = '', schema, required }) => {
    const fallback =
      schema['default'] === undefined ? '' : `\`${JSON.stringify(schema['default'])}\``;
    const type = `\`${renderType(schema)}\``;
    const cells = [`\`${name}\``, place, type, description, required ? 'required' : fallback];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| Parameter | In | May be | Means | Default |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}

function renderBody({ requestBody }: ApiOperation): string[] {
  if (!requestBody) return [];
  const type = renderType(requestBody.content['application/json'].schema);
  return [`Body${requestBody.required ? '' : ', may be left out'}:`, asCode(type)];
}

function renderAnswer({ responses }: ApiOperation): string {
  const [status = '', { description, content = {} } = { description: '' }] =
    Object.entries(responses).find(([key]) => key.startsWith('2')) ?? [];
  const [type, media] = Object.entries(content)[0] ?? [];
  if (type === undefined || media === undefined) return `Answer ${status}: ${description}.`;
  const isJson = type === 'application/json';
  const told = isJson ? media.schema : media['x-devservices-event'];
  const what = isJson ? '' : told ? `, \`${type}\`; each event` : `, \`${type}\``;
  const head = `Answer ${status}: ${description}${what}`;
  if (!told) return `${head}.`;
  const shape = renderType(told);
  // One that stands below.
  if (/^[A-Z]\w*$/.test(shape)) return `${head}: [${shape}](#${shape.toLowerCase()})`;
  return `${head}:\n\n${asCode(shape)}`;
}

/** What every route may refuse is told once. */
const everywhere = new Set([
  'DS_API_TOKEN_REFUSED',
  'DS_API_USER_REFUSED',
  'DS_API_ACTING_REFUSED',
  'DS_API_PRINCIPAL_NEEDED',
  'DS_API_FORBIDDEN',
  'DS_API_SUPERUSER_NEEDED',
  'DS_API_ESCALATION',
  'DS_API_SUDO_NEEDED',
  'DS_API_INVALID',
  'DS_API_NOT_JSON',
]);

function renderProblems({ responses }: ApiOperation, own: object): string[] {
  const told = Object.entries(responses).flatMap(
    ([status, { 'x-devservices-codes': codes = [] }]) =>
      codes
        .filter((code) => !everywhere.has(code) || Object.hasOwn(own, code))
        .map((code) => `${status} [${code}](errors.md#${code.toLowerCase()})`),
  );
  return told.length === 0 ? [] : [`Problems: ${told.join(', ')}.`];
}

const asCode = (type: string): string => `\`\`\`ts\n${type}\n\`\`\``;
