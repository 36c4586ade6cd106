import { isSecret } from '../secret.ts';
import type { Layer } from './layer.ts';
import { expandLeaf, wrapSingle } from './short-forms.ts';
import type { ValuePath } from './value-path.ts';

/** A merged value that remembers who wrote it. */
export type Tree =
  | { readonly kind: 'leaf'; readonly value: unknown; readonly layer: Layer }
  | {
      readonly kind: 'record';
      readonly children: ReadonlyMap<string, Tree>;
      /** The highest layer that wrote into it. */
      readonly layer: Layer;
    };

/** What cannot be merged, and is left out: reported with all other problems. */
export interface Defect {
  path: ValuePath;
  layer: Layer;
  text: string;
}

interface Merging {
  layer: Layer;
  defects: Defect[];
  /** The records that the current one lies in: one of them again is a ring. */
  parents: Set<unknown>;
}

// Nothing that a configuration means is nested deeper; a ring through getters would never end.
const depthLimit = 64;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Lays one layer's value over what lies below: records merge by key, anything else replaces, `null`
 * removes, undefined says nothing. Returns undefined where nothing is left.
 */
export function mergeInto(
  below: Tree | undefined,
  value: unknown,
  { layer, defects }: { layer: Layer; defects: Defect[] },
): Tree | undefined {
  return lay(below, value, [], { layer, defects, parents: new Set() });
}

/** A record that is merged by key: no list, function, class instance, secret or plugin. */
export function isMergeable(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A root prototype, not this realm's: test runners and `vm` have their own Object.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  // A plugin with its options; without, it is a function.
  const isPlugin = Object.hasOwn(value, 'pluginName') && Object.hasOwn(value, 'spec');
  return isPlain && !isPlugin && !isSecret(value);
}

/** The plain value of a tree; records are new objects, leaves are the ones written. */
export function valueOf(tree: Tree): unknown {
  if (tree.kind === 'leaf') return tree.value;
  return Object.fromEntries([...tree.children].map(([key, child]) => [key, valueOf(child)]));
}

function lay(
  below: Tree | undefined,
  written: unknown,
  path: ValuePath,
  merging: Merging,
): Tree | undefined {
  if (written === undefined) return below;
  if (written === null) return undefined;
  const { layer, defects, parents } = merging;
  const value = isMergeable(written) ? wrapSingle(path, written) : written;
  if (!isMergeable(value)) return { kind: 'leaf', value, layer };
  if (parents.has(value) || path.length > depthLimit) {
    defects.push({ path, layer, text: 'This refers back to a record that it lies in.' });
    return below;
  }
  parents.add(value);
  const base = recordBelow(below, value, path);
  const children = new Map(base);
  for (const key of Object.keys(value)) {
    if (forbiddenKeys.has(key)) {
      defects.push({ path: [...path, key], layer, text: `"${key}" cannot be a key.` });
      continue;
    }
    const child = lay(children.get(key), value[key], [...path, key], merging);
    if (child) children.set(key, child);
    else children.delete(key);
  }
  parents.delete(value);
  return { kind: 'record', children, layer };
}

// Fields of one kind of run or readiness mean nothing to another: a change of `kind` starts anew.
function recordBelow(
  below: Tree | undefined,
  value: Readonly<Record<string, unknown>>,
  path: ValuePath,
): ReadonlyMap<string, Tree> {
  if (below === undefined) return new Map();
  if (below.kind === 'leaf') {
    const expanded = expandLeaf(path, below.value);
    return new Map(
      Object.entries(expanded ?? {}).map(([key, leaf]) => [
        key,
        { kind: 'leaf', value: leaf, layer: below.layer },
      ]),
    );
  }
  const kind = below.children.get('kind');
  const isOther =
    typeof value['kind'] === 'string' && kind?.kind === 'leaf' && kind.value !== value['kind'];
  return isOther ? new Map() : below.children;
}
