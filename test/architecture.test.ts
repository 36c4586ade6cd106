import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findCycle } from '../core/graph.ts';
import { readExports } from './architecture/read-exports.ts';
import { listFiles, parseSource, readSources, type Source } from './architecture/read-sources.ts';

const sources = readSources('core', 'plugins', 'tasks');

// Lowest first: a file imports from its own layer and from those below it, types included. The first
// pattern that fits says where a file belongs.
const layers: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['plugins', /^plugins\//],
  ['tasks', /^tasks\//],
  ['door', /^core\/(index|runner|machine|testing)\.ts$|^core\/testing\//],
  ['edge', /^core\/(tasks|cli|render)\//],
  ['host', /^core\/(lifecycle\/|host)/],
  ['plugin host', /^core\/plugin\//],
  ['hooks', /^core\/(hooks|task-spec)\.ts$/],
  ['plan', /^core\/plan\//],
  ['config', /^core\/config\//],
  ['service', /^core\/(run|readiness|service|identity|permissions)\//],
  [
    'service',
    /^core\/(addresses|command[\w-]*|core-settings|journal[\w-]*|selection|settings|spec)\.ts$/,
  ],
  ['ground', /^core\/(errors|metrics)\//],
  [
    'ground',
    /^core\/(clock|contract-token|contracts|duration|events|graph|log|metrics|operator|own-url|plain-text|redact|secret|suggestion|write-archive)\.ts$/,
  ],
];

// Imported when they are needed, from below: a task that is started by hand begins with the command
// line, a plugin may run a task as one, and built-in tasks are each loaded on demand.
const lateDoors: readonly RegExp[] = [
  /^core\/cli\/run-process\.ts$/,
  /^core\/cli\/run-headless\.ts$/,
  /^tasks\/[\w-]+\.ts$/,
];

// One owner per dependency. Whoever else needs it asks the owner's module.
const owners: Readonly<Record<string, readonly RegExp[]>> = {
  '@babel/parser': [/^core\/(config|tasks)\//],
  '@hono/node-server': [/^plugins\/control-api\/server\//],
  cosmiconfig: [/^core\/config\//],
  dockerode: [/^plugins\/docker\//],
  esbuild: [/^core\/config\//],
  'hot-shots': [/^plugins\/metrics\//],
  hono: [/^plugins\/control-api\//],
  kysely: [/^plugins\/store\//],
  libsql: [/^plugins\/store\//],
  pg: [/^plugins\/store\//],
  picomatch: [/^plugins\/process\/supervisor\//],
  'prom-client': [/^plugins\/(control-api\/)?metrics\//],
  tapable: [/^core\/hooks\.ts$/, /^core\/plugin\//],
  tinyglobby: [/^core\/lifecycle\/ready-step\.ts$/],
  yaml: [/^core\/(config|tasks)\//],
  zod: [/^core\//],
  zx: [/^core\/command[\w-]*\.ts$/, /^core\/tasks\//, /^tasks\//],
};
// Of a repo that wants it: its types are imported, it itself on demand.
const peers: Readonly<Record<string, readonly RegExp[]>> = {
  '@sentry/core': [/^plugins\/sentry\//],
};
// Started by the scripts, and imported by nobody.
const tools: readonly string[] = ['tsx'];

const banned = new Set([
  'manager',
  'helper',
  'helpers',
  'util',
  'utils',
  'data',
  'handle',
  'handler',
  'common',
  'misc',
]);

test('imports run one way', () => {
  const rankOf = (path: string): number => {
    const index = layers.findIndex(([, pattern]) => pattern.test(path));
    const names = [...new Set(layers.map(([name]) => name))].toReversed();
    return index === -1 ? -1 : names.indexOf(layers[index]?.[0] ?? '');
  };
  const homeless = sources.filter(({ path }) => rankOf(path) === -1).map(({ path }) => path);
  // A new file that is listed here needs a layer above.
  expect(homeless).toEqual([]);
  const upwards = edges(sources).filter(
    ({ from, to, isLate }) =>
      rankOf(to) > rankOf(from) && !(isLate && lateDoors.some((door) => door.test(to))),
  );
  expect(upwards.map(arrow)).toEqual([]);
});

test('no imports go in a ring, types included', () => {
  const remaining = edges(sources).filter(({ isLate }) => !isLate);
  const rings: string[] = [];
  for (;;) {
    const graph = Object.fromEntries(
      sources.map(({ path }) => [
        path,
        remaining.filter(({ from }) => from === path).map(({ to }) => to),
      ]),
    );
    const ring = findCycle(graph);
    if (!ring) break;
    rings.push(ring.join(' → '));
    // One edge less, so that every ring is told.
    const cut = remaining.findIndex(({ from, to }) => from === ring.at(-2) && to === ring.at(-1));
    remaining.splice(cut, 1);
  }
  expect(rings).toEqual([]);
});

test('a plugin imports the package by its name, what it owns, and its own folder', () => {
  const strays = edgesOfAll('plugins/').filter(({ from, specifier, to }) => {
    const folder = /^plugins\/[^/]+\//.exec(from)?.[0] ?? from;
    return to === undefined ? isForeign(from, specifier) : !to.startsWith(folder);
  });
  expect(strays.map(arrow)).toEqual([]);
});

test('a task imports the package by its name, and zx', () => {
  const strays = edgesOfAll('tasks/').filter(({ from, specifier }) => isForeign(from, specifier));
  expect(strays.map(arrow)).toEqual([]);
});

test('core does not import itself by the package’s name', () => {
  const strays = edgesOfAll('core/').filter(({ specifier }) =>
    /^devservices(\/|$)/.test(specifier),
  );
  expect(strays.map(arrow)).toEqual([]);
});

test('each dependency has one owner', () => {
  const foreign = sources.flatMap(({ path, imports }) =>
    imports
      .map(({ specifier }) => packageOf(specifier))
      .filter((name) => name !== undefined && name !== 'devservices')
      .filter(
        (name) =>
          !({ ...owners, ...peers }[name as string] ?? []).some((owner) => owner.test(path)),
      )
      .map((name) => `${path} imports ${name}`),
  );
  expect(foreign).toEqual([]);
  const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
  };
  expect(Object.keys(peerDependencies)).toEqual(Object.keys(peers));
  expect(Object.keys(dependencies).toSorted()).toEqual(
    [...Object.keys(owners), ...tools].toSorted(),
  );
});

test('no code of core knows of Docker', () => {
  // The list of built-in plugins, keys of runs and sentences for people are strings, and may.
  const found = sources
    .filter(({ path, text }) => path.startsWith('core/') && /docker/i.test(text))
    .flatMap(({ path, text, imports }) =>
      [
        // Compose's word for how an image is built, whoever builds it.
        ...identifiersOf(text).filter((name) => /docker(?!file)/i.test(name)),
        ...imports.map(({ specifier }) => specifier).filter((name) => /docker/i.test(name)),
      ].map((name) => `${path}: ${name}`),
    );
  expect(found).toEqual([]);
});

test('a file is one thought: at most 250 lines, with a name that says it', () => {
  const files = listFiles('core', 'plugins', 'tasks', 'test', 'docs', 'bench').filter(
    (path) => path.endsWith('.ts') && !path.includes('/fixtures/'),
  );
  const long = files
    .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 250);
  expect(long).toEqual([]);
  const words = (path: string) => path.split('/').flatMap((part) => part.split(/[-.]/));
  expect(files.filter((path) => words(path).some((word) => banned.has(word)))).toEqual([]);
  expect(files.filter((path) => !/^(?:[a-z\d]+[-./_]?)+$/.test(path))).toEqual([]);
});

test('the public door is small, and says what everything is', () => {
  const names = readExports('core/index.ts');
  expect(names.filter(({ isDocumented }) => !isDocumented)).toEqual([]);
  expect(names.slice(40).map(({ name }) => name)).toEqual([]);
});

interface Edge {
  from: string;
  specifier: string;
  to: string;
  isLate: boolean;
}

function edges(of: readonly Source[]): Edge[] {
  return of.flatMap(({ path, imports }) =>
    imports.flatMap(({ target, ...one }) =>
      target === undefined ? [] : [{ from: path, to: target, ...one }],
    ),
  );
}

function edgesOfAll(folder: string): (Omit<Edge, 'to'> & { to: string | undefined })[] {
  return sources
    .filter(({ path }) => path.startsWith(folder))
    .flatMap(({ path, imports }) =>
      imports.map(({ target, ...one }) => ({ from: path, to: target, ...one })),
    );
}

function arrow({
  from,
  to,
  specifier,
}: {
  from: string;
  to?: string | undefined;
  specifier: string;
}) {
  return `${from} → ${to ?? specifier}`;
}

function isForeign(path: string, specifier: string): boolean {
  if (specifier === 'devservices' || specifier.startsWith('devservices/')) return false;
  const name = packageOf(specifier);
  if (name === undefined) return !specifier.startsWith('node:');
  return !({ ...owners, ...peers }[name] ?? []).some((owner) => owner.test(path));
}

/** The package that a specifier names; undefined for a path and for what Node has built in. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
}

function identifiersOf(text: string): string[] {
  const tokens = parseSource(text, { tokens: true }).tokens as unknown as {
    type: { label?: string } | string;
    value: unknown;
  }[];
  return tokens.flatMap(({ type, value }) =>
    typeof type === 'object' && type.label === 'name' && typeof value === 'string' ? [value] : [],
  );
}
