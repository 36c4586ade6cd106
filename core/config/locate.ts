import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parseDocumentSource } from './locate-in-document.ts';
import { parseModuleSource } from './locate-in-module.ts';
import { isOptionalKey } from './short-forms.ts';
import type { SourceNode } from './source-node.ts';
import type { ValuePath } from './value-path.ts';

/**
 * The lines of a path in a configuration file: `exact` of its last key, `nearest` of the last key on
 * the way that is written out. Parsers are loaded on the first call. A file that cannot be read or
 * parsed any more has no lines.
 */
export function locateInFile(
  file: string,
  path: ValuePath,
  start = 0,
): { exact?: number; nearest?: number } {
  try {
    const text = readFileSync(file, 'utf8');
    const isDocument = ['.json', '.yaml', '.yml'].includes(extname(file));
    const root = isDocument ? parseDocumentSource(text) : parseModuleSource(text);
    return root === undefined ? {} : walk(root, path, start);
  } catch {
    return {};
  }
}

function walk(
  root: SourceNode,
  path: ValuePath,
  start: number,
): { exact?: number; nearest?: number } {
  let node = root;
  let index = 0;
  let isExact = path.length > 0;
  while (index < path.length) {
    const step = longestChild(node, path, index);
    if (step) {
      node = step.node;
      index = step.next;
      isExact = true;
    } else if (isOptionalKey(path.slice(start), index - start)) {
      index++;
    } else {
      isExact = false;
      break;
    }
  }
  if (isExact) return { exact: node.line, nearest: node.line };
  return node === root ? {} : { nearest: node.line };
}

// A key may hold dots itself: `log.level` is one key in one file and two in another.
function longestChild(
  node: SourceNode,
  path: ValuePath,
  index: number,
): { node: SourceNode; next: number } | undefined {
  for (let next = path.length; next > index; next--) {
    const child = node.child(path.slice(index, next).join('.'));
    if (child) return { node: child, next };
  }
  return undefined;
}
