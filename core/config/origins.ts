import { basename } from 'node:path';
import type { Layer, LayerName } from './layer.ts';
import { locateInFile } from './locate.ts';
import type { Defect, Tree } from './merge-tree.ts';
import { parsePath, type ValuePath } from './value-path.ts';

/** Who wrote a value. */
export interface Origin {
  readonly layer: LayerName;
  /** A file's path, a variable, a flag or a plugin's name. */
  readonly source: string;
  readonly file?: string;
  /** From 1; only where the value's key stands in the file literally. */
  readonly line?: number;
}

export interface Origins {
  /** Who wrote the value at a path; for a record the highest layer that wrote into it. */
  of(path: string | ValuePath): Origin | undefined;
  /** As `of`, or of the nearest record around it that somebody wrote. */
  near(path: string | ValuePath): Origin | undefined;
  /** What could not be merged. */
  readonly defects: readonly Defect[];
}

/** Answers where merged values came from; files are looked into only when asked. */
export function createOrigins(root: Tree | undefined, defects: readonly Defect[]): Origins {
  const keysOf = (path: string | ValuePath): ValuePath =>
    typeof path === 'string' ? parsePath(path) : path;
  return {
    defects,
    of(path) {
      const keys = keysOf(path);
      const found = find(root, keys);
      if (!found || found.depth < keys.length) return undefined;
      return originOf(found.layer, placeIn(found.layer, keys).exact);
    },
    near(path) {
      const keys = keysOf(path);
      const defect = defects.find((each) => each.path.join('\0') === keys.join('\0'));
      const layer = defect?.layer ?? find(root, keys)?.layer;
      return layer && originOf(layer, placeIn(layer, keys).nearest);
    },
  };
}

/** How an origin is called in a line of text: `devservices.config.ts:12`, `$NAME`, `--set …`. */
export function originText(origin: Origin, relative: (file: string) => string): string | undefined {
  switch (origin.layer) {
    case 'defaults':
      return undefined;
    case 'plugin':
      return `plugin ${origin.source}`;
    case 'environment':
      return `$${origin.source}`;
    case 'flag':
      return origin.source;
    case 'extends':
    case 'options-file':
    case 'repo':
    case 'local': {
      const file = relative(origin.file ?? origin.source);
      return origin.line === undefined ? file : `${file}:${origin.line}`;
    }
  }
}

function originOf(layer: Layer, line: number | undefined): Origin {
  return {
    layer: layer.name,
    source: layer.source,
    ...(layer.file === undefined ? {} : { file: layer.file }),
    ...(line === undefined ? {} : { line }),
  };
}

function find(
  root: Tree | undefined,
  keys: ValuePath,
): { layer: Layer; depth: number } | undefined {
  let tree = root;
  for (const [depth, key] of keys.entries()) {
    // What lies inside a list or a secret was written with it.
    if (tree?.kind === 'leaf') {
      return {
        layer: tree.layer,
        depth: isInside(tree.value, keys.slice(depth)) ? keys.length : depth,
      };
    }
    const child = tree?.children.get(key);
    if (!child) return tree && { layer: tree.layer, depth };
    tree = child;
  }
  return tree && { layer: tree.layer, depth: keys.length };
}

function isInside(value: unknown, keys: ValuePath): boolean {
  let inner = value;
  for (const key of keys) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return false;
    inner = (inner as Record<string, unknown>)[key];
  }
  return true;
}

function placeIn(layer: Layer, keys: ValuePath): { exact?: number; nearest?: number } {
  if (layer.file === undefined) return {};
  if (layer.name === 'options-file') return locateInFile(layer.file, keys.slice(1).flatMap(split));
  const isPackage = basename(layer.file) === 'package.json';
  return locateInFile(layer.file, isPackage ? ['devservices', ...keys] : keys, isPackage ? 1 : 0);
}

const split = (key: string): string[] => key.split('.');
