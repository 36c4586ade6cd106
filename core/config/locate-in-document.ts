import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { SourceNode } from './source-node.ts';

const require = createRequire(import.meta.url);

/** The places of a YAML or JSON text's values. */
export function parseDocumentSource(text: string): SourceNode | undefined {
  // Only errors and `--origin` need this, and they cannot wait for an import.
  const yaml = require('yaml') as typeof Yaml;
  const counter = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: counter, logLevel: 'silent' });
  const lineAt = (node: unknown): number =>
    counter.linePos((yaml.isNode(node) ? node.range?.[0] : 0) ?? 0).line;

  const nodeOf = (node: unknown, line: number): SourceNode => ({
    line,
    child(key) {
      const value = yaml.isAlias(node) ? node.resolve(document) : node;
      if (yaml.isSeq(value)) {
        const item = value.items[Number(key)];
        return item === undefined ? undefined : nodeOf(item, lineAt(item));
      }
      if (!yaml.isMap(value)) return undefined;
      for (const pair of value.items) {
        if (yaml.isScalar(pair.key) && String(pair.key.value) === key) {
          return nodeOf(pair.value, lineAt(pair.key));
        }
      }
      const merged = value.items.find((pair) => yaml.isScalar(pair.key) && pair.key.value === '<<');
      return merged && nodeOf(merged.value, lineAt(merged.key)).child(key);
    },
  });
  return nodeOf(document.contents, 1);
}
