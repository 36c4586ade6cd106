import type { ValuePath } from './value-path.ts';

/** The kinds of layers, lowest first; files of `extends` and options lie directly below who names them. */
export const layerNames = [
  'defaults',
  'plugin',
  'extends',
  'options-file',
  'repo',
  'local',
  'environment',
  'flag',
] as const;

export type LayerName = (typeof layerNames)[number];

/** One source of configuration, before merging. */
export interface Layer {
  readonly name: LayerName;
  /** What people call it: a file's path, a variable, a flag or a plugin's name. */
  readonly source: string;
  /** Where `value` was read from, if from a file. */
  readonly file?: string;
  readonly value: unknown;
  /**
   * Where `value` goes, for a layer that sets one value. `folded` keys are a variable's: they are
   * matched with what lies below without regard to case, `-` and `_`.
   */
  readonly at?: { readonly path: ValuePath; readonly folded: boolean };
}

/** Puts what plugins added between the defaults and everything that files say. */
export function withPluginLayers(
  layers: readonly Layer[],
  pluginLayers: readonly Layer[],
): Layer[] {
  const isDefault = ({ name }: Layer): boolean => name === 'defaults';
  return [
    ...layers.filter(isDefault),
    ...pluginLayers,
    ...layers.filter((layer) => !isDefault(layer)),
  ];
}
