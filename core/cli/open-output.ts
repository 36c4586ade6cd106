import type { Output } from '../render/renderer.ts';

/** A stream of the process as the renderers write to it; a reader that goes away is no crash. */
export function openOutput(stream: NodeJS.WriteStream, onGone: () => void = () => {}): Output {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads any more (EPIPE), or nothing can be written: there is nowhere left to say it.
    if (!isGone && error.code === 'EPIPE') onGone();
    isGone = true;
  });
  return {
    write(text) {
      if (!isGone && text !== '') stream.write(text);
    },
    get isTerminal() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
    onResize(listener) {
      stream.on('resize', listener);
      return () => void stream.off('resize', listener);
    },
  };
}
