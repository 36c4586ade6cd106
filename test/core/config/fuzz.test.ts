import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../../../core/errors/catalogue/config.ts';
import { isDevServicesError } from '../../../core/errors/error.ts';
import { environmentLayers, flagLayers } from '../../../core/config/assignment-layers.ts';
import { loadCoreKinds } from '../../../core/config/core-kinds.ts';
import { mergeLayers } from '../../../core/config/merge-layers.ts';
import { parseJson, parseYaml } from '../../../core/config/parse-text.ts';
import { formatPath, parsePath } from '../../../core/config/value-path.ts';
import { validateConfig } from '../../../core/config/validate-config.ts';

const kinds = await loadCoreKinds();

/** What becomes of whatever layers say: `valid`, the code of our error, or a throw of anything else. */
function outcome(
  values: readonly unknown[],
  assigned: Parameters<typeof mergeLayers>[0] = [],
): string {
  try {
    const layers = values.map((value) => ({ name: 'repo', source: 'x', value }) as const);
    const merged = mergeLayers([...layers, ...assigned]);
    const config = validateConfig({ ...merged, root: '/repo', kinds });
    return typeof config.project === 'string' ? 'valid' : 'valid without a project';
  } catch (error) {
    if (!isDevServicesError(error)) throw error;
    const { problems = [] } = error.facts as { problems?: ConfigProblem[] };
    const areWhole = problems.every(
      ({ path, text }) => /^[^]+[.?]$/.test(text) && formatPath(parsePath(path)) === path,
    );
    return areWhole && problems.length > 0 ? error.code : `${error.code} with odd problems`;
  }
}

const anything = fc.anything({
  maxDepth: 4,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

// Shapes that come near enough to a configuration to reach every check.
const words = fc.constantFrom(
  'a',
  'b',
  'run',
  'kind',
  'container',
  'docker',
  'image',
  'ports',
  'ready',
  'http',
  'port',
  'all',
  'of',
  'path',
  'dependsOn',
  'exports',
  'environment',
  '$secret',
  'value',
  '{port.a}',
  'services',
  'tasks',
  'command',
  'needs',
  'plugins',
  'options',
  '__proto__',
  'constructor',
  'toString',
  '',
  'A b',
  'condition',
  'host',
  'auto',
  'profiles',
  'onlyIf',
  'onReady',
  'labels',
);
const { near } = fc.letrec((tie) => ({
  near: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    words,
    fc.constantFrom<unknown>(1, 80, -1, 1.5, true, null, undefined, () => ({}), Symbol('s'), 5n),
    fc.array(tie('near'), { maxLength: 3 }),
    fc.dictionary(words, tie('near'), { maxKeys: 4 }),
  ),
}));
const services = fc
  .dictionary(words, fc.dictionary(words, near, { maxKeys: 6 }), { maxKeys: 4 })
  .map((value) => ({ services: value }));

describe('whatever stands in a configuration', () => {
  it.each([
    ['JSON values', fc.jsonValue({ maxDepth: 6 })],
    ['any values', anything],
    ['near misses', near],
    ['services of near misses', services],
  ])('%s are valid, or refused with their paths', (_, values) => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 2 }), (layers) => {
        expect(outcome(layers)).toMatch(/^(?:valid|DS_CONFIG_INVALID)$/);
      }),
      { seed: 31, numRuns: 150 },
    );
  });

  it('variables and flags say anything too', () => {
    const name = fc.array(words, { minLength: 1, maxLength: 6 });
    const text = fc.oneof(fc.json({ maxDepth: 2 }), words);
    fc.assert(
      fc.property(services, name, text, (below, keys, value) => {
        const env = environmentLayersOf(keys, value);
        expect(outcome([below], env)).toMatch(/^(?:valid|DS_CONFIG_INVALID)$/);
      }),
      { seed: 32, numRuns: 150 },
    );
  });

  const scraps = fc
    .array(
      fc.oneof(
        fc.json({ maxDepth: 2 }),
        fc.constantFrom(
          '{',
          '}',
          '[',
          ',',
          ':',
          '"',
          '&a ',
          '*a ',
          '- ',
          '\n',
          '\t',
          '%',
          '<<: ',
          '\u0000',
          'a: ',
        ),
      ),
    )
    .map((parts) => parts.join(''));

  it('any text is read, or malformed at a place inside of it', async () => {
    const place = async (read: () => unknown, text: string): Promise<boolean> => {
      try {
        await read();
        return true;
      } catch (error) {
        if (!isDevServicesError(error) || error.code !== 'DS_CONFIG_MALFORMED') throw error;
        const { line, column } = error.facts as { line: number; column: number };
        const lines = text.split('\n');
        return line >= 1 && line <= lines.length + 1 && column >= 1 && column <= text.length + 1;
      }
    };
    await fc.assert(
      fc.asyncProperty(scraps, async (text) => {
        expect(await place(() => parseJson('x.json', text), text)).toBe(true);
        expect(await place(() => parseYaml('x.yaml', text), text)).toBe(true);
      }),
      { seed: 33, numRuns: 150 },
    );
  });

  it('pollutes nothing', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.keys(Function.prototype)).toEqual([]);
  });
});

function environmentLayersOf(keys: string[], value: string): Parameters<typeof mergeLayers>[0] {
  try {
    return [
      ...environmentLayers({ [`DEVSERVICES__${keys.join('__')}`]: value }),
      ...flagLayers({ set: [`${keys.join('.')}=${value}`] }),
    ];
  } catch (error) {
    if (isDevServicesError(error) && error.code === 'DS_CONFIG_ASSIGNMENT') return [];
    throw error;
  }
}
