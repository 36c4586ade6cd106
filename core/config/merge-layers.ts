import { reasonOf } from '../errors/as-error.ts';
import { configErrors } from '../errors/catalogue/config.ts';
import { foldPath } from './fold-path.ts';
import type { Layer } from './layer.ts';
import { type Defect, isMergeable, mergeInto, type Tree, valueOf } from './merge-tree.ts';
import { createOrigins, type Origins } from './origins.ts';

/** All layers in one, and where each value came from. */
export interface MergedConfig {
  merged: Readonly<Record<string, unknown>>;
  origins: Origins;
}

/**
 * Merges layers, lowest first: records by key, lists and everything else replace, `null` removes. A
 * single `run` becomes a record with `docker`, `local` or its kind as key. Throws DS_CONFIG_THREW when
 * reading a value runs code that throws; whatever else is wrong waits for `validateConfig`.
 */
export function mergeLayers(layers: readonly Layer[]): MergedConfig {
  const defects: Defect[] = [];
  let tree: Tree | undefined;
  for (const layer of layers) tree = mergeLayer(tree, layer, defects);
  const merged = tree === undefined ? {} : valueOf(tree);
  return {
    merged: merged as Readonly<Record<string, unknown>>,
    origins: createOrigins(tree, defects),
  };
}

/** What each layer says of `plugins`, lowest first: they merge by name, after they were imported. */
export function pluginLayers(layers: readonly Layer[]): { source: string; entries: unknown }[] {
  return layers.flatMap((layer) => {
    const value = nest(layer, undefined);
    const entries = isMergeable(value) ? value['plugins'] : undefined;
    return entries === undefined || entries === null
      ? []
      : [{ source: layer.file ?? layer.source, entries }];
  });
}

function mergeLayer(tree: Tree | undefined, layer: Layer, defects: Defect[]): Tree | undefined {
  try {
    const value = nest(layer, tree);
    if (value === undefined || value === null) return tree;
    if (isMergeable(value)) return mergeInto(tree, value, { layer, defects });
    const text = 'Expected a record of settings such as { services: { … } }.';
    defects.push({ path: [], layer, text });
    return tree;
  } catch (error) {
    const facts = { file: layer.source, reason: reasonOf(error) };
    throw configErrors.create('DS_CONFIG_THREW', facts, error);
  }
}

function nest({ at, value }: Layer, tree: Tree | undefined): unknown {
  if (at === undefined) return value;
  const path = at.folded ? foldPath(at.path, tree) : at.path;
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
