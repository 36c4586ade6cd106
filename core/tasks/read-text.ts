import { readFileSync } from 'node:fs';

/** The text of a file, or none: a listing does without what it cannot read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
