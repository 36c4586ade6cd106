import type { ImageProgress } from 'devservices/runner';

/** One line of a pull. */
export interface PullLine {
  id?: string;
  status?: string;
  progressDetail?: { current?: number; total?: number; units?: string } | null | undefined;
  error?: string;
  errorDetail?: { message?: string } | null;
}

/** Sums the layers of one pull. */
export interface PullProgress {
  /** What to say after this line; undefined where it changes nothing that people would see. */
  add(line: PullLine): ImageProgress | undefined;
  /** How it stands. */
  current(): ImageProgress;
  /** Bytes that were fetched, layers that were here already left out. */
  fetched(): number;
  /** The engine itself began a layer anew, as often as it does. */
  readonly wasRetried: boolean;
  /** The engine had nothing to fetch. */
  readonly isUpToDate: boolean;
}

type Phase = 'waiting' | 'fetching' | 'retrying' | 'fetched' | 'extracting' | 'done';

interface Layer {
  phase: Phase;
  fetched: number;
  extracted: number;
  total: number;
}

// More often, nobody sees it; an engine says it for each layer ten times a second.
const gapMs = 100;

/**
 * Bytes first count as they are fetched, then, from the moment when all are there, as they are
 * extracted. A layer's size is known once its download began. Engines differ in what they say: what
 * is not known is passed over.
 */
export function createPullProgress(
  image: string,
  nowMs: () => number = () => performance.now(),
): PullProgress {
  const layers = new Map<string, Layer>();
  let said: { text: string; status: string; atMs: number } | undefined;
  let wasRetried = false;
  let isUpToDate = false;

  const sum = (key: 'fetched' | 'extracted' | 'total') =>
    [...layers.values()].reduce((bytes, layer) => bytes + layer[key], 0);
  const current = (): ImageProgress => {
    const phases = new Set([...layers.values()].map(({ phase }) => phase));
    const total = sum('total');
    const isFetching = phases.has('waiting') || phases.has('fetching') || phases.has('retrying');
    const bytes = isFetching ? sum('fetched') : sum('extracted');
    return {
      image,
      ...(total > 0 ? { current: Math.min(bytes, total), total } : {}),
      status: phases.has('retrying')
        ? 'trying again'
        : isFetching || total === 0
          ? 'pulling'
          : 'extracting',
    };
  };

  return {
    current,
    fetched: () => sum('fetched'),
    get wasRetried() {
      return wasRetried;
    },
    get isUpToDate() {
      return isUpToDate;
    },
    add(line) {
      const layer = noteLine(layers, line);
      wasRetried ||= layer?.phase === 'retrying';
      isUpToDate ||= /image is up to date/i.test(line.status ?? '');
      const progress = current();
      const text = JSON.stringify(progress);
      const atMs = nowMs();
      const isSoon = said?.status === progress.status && atMs - said.atMs < gapMs;
      if (text === said?.text || isSoon) return undefined;
      said = { text, status: progress.status, atMs };
      return progress;
    },
  };
}

function noteLine(
  layers: Map<string, Layer>,
  { id, status = '', progressDetail }: PullLine,
): Layer | undefined {
  if (id === undefined) return undefined;
  const known = layers.get(id) ?? { phase: 'waiting', fetched: 0, extracted: 0, total: 0 };
  const next = nextLayer(known, status.toLowerCase(), progressDetail ?? {});
  if (next) layers.set(id, next);
  return next;
}

function nextLayer(
  layer: Layer,
  status: string,
  { current = 0, total = 0, units }: NonNullable<PullLine['progressDetail']>,
): Layer | undefined {
  const sized = Math.max(layer.total, total, current);
  switch (status) {
    case 'pulling fs layer':
    case 'waiting':
      return layer;
    case 'downloading':
      return current >= sized && sized > 0
        ? { ...layer, phase: 'fetched', fetched: sized, total: sized }
        : { ...layer, phase: 'fetching', fetched: current, total: sized };
    case 'verifying checksum':
    case 'download complete':
      return { ...layer, phase: 'fetched', fetched: layer.total };
    case 'extracting':
      // Some engines count seconds here.
      return units === undefined
        ? {
            ...layer,
            phase: 'extracting',
            fetched: layer.total,
            extracted: Math.min(current, layer.total),
          }
        : { ...layer, phase: 'extracting', fetched: layer.total };
    case 'already exists':
    case 'pull complete':
      return { ...layer, phase: 'done', fetched: layer.total, extracted: layer.total };
    default:
      return status.startsWith('retrying in')
        ? { ...layer, phase: 'retrying', fetched: 0 }
        : undefined;
  }
}
