import type { MetricOptions } from '../metrics.ts';

/** Finds what was found before for the same key, instance and tags in the same order, and checks nothing. */
export interface RowCache<Row> {
  find(key: string, options: MetricOptions | undefined): Row | undefined;
  keep(key: string, options: MetricOptions | undefined, row: Row): void;
}

interface Node<Row> {
  row: Row | undefined;
  next: Map<unknown, Map<unknown, Node<Row>>> | undefined;
}

/**
 * A tree of what is looked up, step by step, so that no text is made and hashed for it: that is most of
 * what a measurement costs.
 */
export function createRowCache<Row>(most: number): RowCache<Row> {
  const roots = new Map<string, Node<Row>>();
  let kept = 0;
  const grow = (node: Node<Row>, name: unknown, value: unknown): Node<Row> => {
    const values = (node.next ??= new Map<unknown, Map<unknown, Node<Row>>>()).get(name);
    const found = values?.get(value);
    if (found) return found;
    const grown = { row: undefined, next: undefined };
    if (values) values.set(value, grown);
    else node.next.set(name, new Map([[value, grown]]));
    return grown;
  };
  return {
    find(key, options) {
      let node = roots.get(key);
      if (options === undefined || node === undefined) return node?.row;
      const { instance, tags } = options;
      if (instance !== undefined) node = node.next?.get(instanceStep)?.get(instance);
      if (tags !== undefined) {
        for (const name in tags) {
          if (node === undefined) return undefined;
          node = node.next?.get(name)?.get(tags[name]);
        }
      }
      return node?.row;
    },
    keep(key, options, row) {
      const { instance, tags = {} } = options ?? {};
      // Who writes the same in ever new ways begins anew.
      if (kept++ === most) {
        roots.clear();
        kept = 1;
      }
      let node = roots.get(key) ?? { row: undefined, next: undefined };
      roots.set(key, node);
      if (instance !== undefined) node = grow(node, instanceStep, instance);
      for (const name in tags) {
        // An object is another one tomorrow.
        if (typeof tags[name] === 'object' || typeof tags[name] === 'function') return;
        node = grow(node, name, tags[name]);
      }
      node.row = row;
    },
  };
}

const instanceStep = Symbol('instance');
