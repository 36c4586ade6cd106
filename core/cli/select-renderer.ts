import { createJsonRenderer } from '../render/json-renderer.ts';
import { createPlainRenderer } from '../render/plain-renderer.ts';
import { createQuietRenderer } from '../render/quiet-renderer.ts';
import type { Renderer, RenderOptions } from '../render/renderer.ts';
import { createTerminalRenderer } from '../render/terminal-renderer.ts';
import type { GlobalFlags } from './parse-globals.ts';

/** The renderer for those flags and that place. */
export function selectRenderer(
  { json, quiet }: GlobalFlags,
  options: RenderOptions & { readonly isDumb: boolean },
): Renderer {
  if (json) return createJsonRenderer(options);
  if (quiet) return createQuietRenderer(options);
  const isLive = options.out.isTerminal && !options.isDumb && !options.isQuery;
  return isLive ? createTerminalRenderer(options) : createPlainRenderer(options);
}
