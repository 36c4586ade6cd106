import { formatDuration } from '../duration.ts';
import type { ImageProgress } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';
import { pad, plainLine, widthOf } from './text-width.ts';

/** A bar for each image that is on its way, under one another. */
export function pullBars(images: Iterable<ImageProgress>, style: TextStyle): string[] {
  const pulls = [...images].filter(({ status }) => !isOver(status));
  const nameWidth = Math.max(0, ...pulls.map(({ image }) => widthOf(plainLine(image))));
  return pulls.map((progress) => pullBar(progress, nameWidth, style));
}

/** What is left to say of an image once it is here; undefined where nobody waited for it. */
export function pulledLine({ image, total, status, elapsedMs }: ImageProgress): string | undefined {
  if (status !== 'pulled' || total === undefined) return undefined;
  const time = elapsedMs === undefined ? '' : ` in ${formatDuration(elapsedMs)}`;
  return `${plainLine(image)}: pulled ${megabytes(total)} MB${time}`;
}

/** Lines of pulls where nothing can be drawn over. */
export interface PullTeller {
  /** The line to write now; undefined for what can wait. */
  tell(progress: ImageProgress, atMs: number): string | undefined;
}

const gapMs = 10_000;

/** Says that a pull began, ended, or met something, and each ten seconds how far it is. */
export function createPullTeller(): PullTeller {
  const last = new Map<string, { status: string; atMs: number }>();
  return {
    tell(progress, atMs) {
      const { image, current, total, status } = progress;
      const before = last.get(image);
      const isUsual = usual.test(status) && usual.test(before?.status ?? '');
      if (isUsual || status === before?.status) {
        if (before === undefined || atMs - before.atMs < gapMs) return undefined;
      }
      last.set(image, { status, atMs });
      const done = pulledLine(progress);
      if (done !== undefined) return done;
      const amount = total ? `, ${shareOf(current, total)} of ${megabytes(total)} MB` : '';
      return `${plainLine(image)}: ${plainLine(status)}${before && !isOver(status) ? amount : ''}`;
    },
  };
}

// That bytes come and are unpacked is what a pull is, as steps are a build: only how far it is matters.
const usual = /^(?:pulling|extracting|building)\b/;

function pullBar(
  { image, current = 0, total, status }: ImageProgress,
  nameWidth: number,
  style: TextStyle,
): string {
  const name = pad(plainLine(image), nameWidth);
  if (!total) return `  ${style.dim(`${name}  ${plainLine(status)}`)}`;
  const share = Math.min(1, current / total);
  const width = Math.max(4, Math.min(24, style.columns - nameWidth - 42));
  const filled = Math.round(share * width);
  const bar = style.cyan('━'.repeat(filled)) + style.dim('─'.repeat(width - filled));
  const amount = `${megabytes(current)} of ${megabytes(total)} MB`;
  const word = status === 'pulling' ? '' : `  ${plainLine(status)}`;
  return `  ${style.dim(name)}  ${bar}  ${shareOf(current, total).padStart(5)}  ${style.dim(`${amount}${word}`)}`;
}

function isOver(status: string): boolean {
  return /^(?:pulled|up to date|not pulled|build done)$/.test(status);
}

const shareOf = (current = 0, total: number): string =>
  `${Math.floor(Math.min(1, current / total) * 100)} %`;

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
