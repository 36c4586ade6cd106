import { transform } from 'esbuild';
import type { Rolldown } from 'tsdown';

/**
 * Takes the white space out of the chunk with other people's code: half of it need not be read at each
 * start. Names stay, and so do our own chunks, whose lines stand in stack traces.
 */
export function shrinkVendors(): Rolldown.Plugin {
  return {
    name: 'shrink-vendors',
    async renderChunk(code, { name }) {
      if (name !== 'vendor') return null;
      const shrunk = await transform(code, { minifyWhitespace: true, legalComments: 'none' });
      return { code: shrunk.code, map: null };
    },
  };
}
