import { permissionErrors } from './errors.ts';

/** Longest permission in our own directory, in characters. */
export const permissionLimit = 64;

const emailLimit = 254;

/**
 * Throws DS_PERMISSION_INVALID unless it can be a permission's name. `limit`: how many characters
 * there is room for; undefined: any.
 */
export function assertPermission(permission: string, limit: number | undefined): void {
  const problem = problemOfPermission(permission, limit);
  if (problem === undefined) return;
  throw permissionErrors.create('DS_PERMISSION_INVALID', { permission, problem });
}

/** What is wrong with a permission's name, to be read after it; undefined where nothing is. */
export function problemOfPermission(
  permission: string,
  limit: number | undefined,
): string | undefined {
  if (permission === '') return 'is empty';
  const strange = Array.from(permission).filter((character) => !/[a-z0-9._:-]/.test(character));
  if (strange.length > 0) {
    return `has ${listCharacters(strange)}, which no permission has`;
  }
  if (!/^[a-z0-9]/.test(permission)) return `begins with "${permission.charAt(0)}"`;
  if (limit !== undefined && permission.length > limit) {
    return `has ${permission.length} characters, and there is room for ${limit}`;
  }
  return undefined;
}

/** Throws DS_USER_INVALID unless it can be an e-mail address. */
export function assertEmail(email: string): void {
  const problem = problemOfEmail(email);
  if (problem === undefined) return;
  throw permissionErrors.create('DS_USER_INVALID', { what: 'email', given: email, problem });
}

/** Characters as people can tell them apart: `"а" (U+0430)`; those that cannot be seen by number alone. */
export function listCharacters(characters: Iterable<string>): string {
  return nameCharacters(characters).join(', ');
}

/** Each once, at most ten. */
export function nameCharacters(characters: Iterable<string>): readonly string[] {
  return [...new Set(characters)].slice(0, 10).map((character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return /[\p{Z}\p{C}\p{M}\p{DI}]/u.test(character)
      ? `the character U+${code}`
      : `"${character}" (U+${code})`;
  });
}

/** Text that no database takes as it is: half a character, or NUL and its like. */
export const hasControlCharacters = (text: string): boolean => /[\p{Cc}\p{Cs}]/u.test(text);

function problemOfEmail(email: string): string | undefined {
  if (email === '') return 'is empty';
  const strange = Array.from(email).filter((character) => /[\s\p{C}]/u.test(character));
  if (strange.length > 0) return `has ${listCharacters(strange)}, which no address has`;
  if (!/^[^@]+@[^@]+$/.test(email)) return 'is not of the form someone@somewhere';
  if (email.length > emailLimit) {
    return `has ${email.length} characters, and there is room for ${emailLimit}`;
  }
  return undefined;
}
