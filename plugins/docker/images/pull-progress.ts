import type { ImageProgress } from 'devservices/runner';

/** One line of a pull. */
export interface PullLine {
  id?: string;
  status?: string;
  progressDetail?: { current?: number; total?: number } | null | undefined;
  error?: string;
}

/** Sums the layers of one pull. */
export interface PullProgress {
  /** What to say after this line; undefined where it changes nothing that people see. */
  add(line: PullLine): ImageProgress | undefined;
}

/** Bytes count as they are downloaded; a layer's size is known once its download began. */
export function createPullProgress(image: string): PullProgress {
  const layers = new Map<string, { current: number; total: number }>();
  let said = '';
  return {
    add({ id, status = '', progressDetail }) {
      if (id !== undefined) note(layers, { id, status, progressDetail });
      const sum = (key: 'current' | 'total') =>
        [...layers.values()].reduce((bytes, layer) => bytes + layer[key], 0);
      const [current, total] = [sum('current'), sum('total')];
      const progress = {
        image,
        ...(total > 0 ? { current, total } : {}),
        status: total > 0 && current >= total ? 'extracting' : 'pulling',
      };
      const text = JSON.stringify(progress);
      if (text === said) return undefined;
      said = text;
      return progress;
    },
  };
}

function note(
  layers: Map<string, { current: number; total: number }>,
  { id, status, progressDetail }: PullLine & { id: string; status: string },
): void {
  const { current, total } = progressDetail ?? {};
  if (status === 'Downloading' && current !== undefined) {
    layers.set(id, { current, total: Math.max(total ?? 0, current) });
  } else if (['Download complete', 'Pull complete', 'Verifying Checksum'].includes(status)) {
    const layer = layers.get(id);
    if (layer) layers.set(id, { ...layer, current: layer.total });
  }
}
