import { describeApi } from '../plugins/control-api/openapi/describe-api.ts';
import type { JsonSchema } from '../plugins/control-api/openapi/api-document.ts';
import type { RouteSpec } from '../plugins/control-api/route-spec.ts';
import { specs } from '../plugins/control-api/specs/index.ts';
import { fillBlocks } from './fill-blocks.ts';
import { renderRoute } from './render-route.ts';
import { renderType } from './render-type.ts';

const routes: readonly RouteSpec[] = specs;
const document = describeApi(routes);

/** The text of docs/openapi.json. */
export function renderOpenapi(): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

const mark = '<!-- Generated from here on, by `npm run docs`; do not edit. -->';

/** The text of docs/api.md: as it is to the mark, then what the document says of each route. */
export function renderApiDoc(page: string): string {
  const [written = ''] = page.split(mark);
  return `${[
    `${fillBlocks(written)}${mark}`,
    '## Routes',
    routesNote,
    overview(),
    ...document.tags.flatMap(({ name }) => [
      `## Routes: ${name}`,
      ...routes.filter(({ tag }) => tag === name).flatMap(renderRoute(document)),
    ]),
    '## Schemas',
    ...Object.entries(document.components.schemas).flatMap(renderSchema),
  ].join('\n\n')}\n`;
}

const routesNote =
  'All of them are below `/api/0`. The same as an OpenAPI document: [openapi.json](openapi.json), and `GET /openapi.json` of a server, which has the routes of plugins as well. Where an example is TypeScript, `client` is an `ApiClient`.';

function overview(): string {
  const rows = routes.map(({ method, path, summary, access }) => {
    const key = `${method} ${path}`;
    return `| [\`${key}\`](#${anchorOf(key)}) | ${summary} | ${whoMay(access)} |`;
  });
  return ['| Route | Does | Who |', '|---|---|---|', ...rows].join('\n');
}

function whoMay(access: RouteSpec['access']): string {
  if (access === 'anybody') return 'anybody';
  if (access === 'known') return 'whoever is known';
  return `\`${access.permission}\`${access.sudo ? ', sudo' : ''}`;
}

/** As GitHub makes them of headings. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function renderSchema([name, schema]: [string, JsonSchema]): string[] {
  const { description } = schema as { description?: string };
  const type = renderType(schema);
  const declaration = type.startsWith('{')
    ? `interface ${name} ${type}`
    : `type ${name} = ${type};`;
  return [
    `### ${name}`,
    ...(description === undefined ? [] : [`${description}.`]),
    `\`\`\`ts\n${declaration}\n\`\`\``,
  ];
}
