import { permissionErrors } from '../errors.ts';

/** Whether a database can hold a text as it is: Postgres has no U+0000, UTF-8 no half of a pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Throws DS_DIRECTORY_TEXT_INVALID naming what cannot be held. */
export function assertStorable(texts: Readonly<Record<string, string | null | undefined>>): void {
  for (const [what, text] of Object.entries(texts)) {
    if (typeof text === 'string' && !isStorable(text)) {
      throw permissionErrors.create('DS_DIRECTORY_TEXT_INVALID', {
        what,
        text,
        character: text.includes('\0') ? 'the character U+0000' : 'half a character',
      });
    }
  }
}
