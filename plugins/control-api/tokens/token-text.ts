import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const prefix = 'dst_';
const pattern = /^dst_[A-Za-z0-9_-]{43}$/;

/** A new token: 32 random bytes behind a word by which scanners know what they found. */
export function createTokenText(): string {
  return prefix + randomBytes(32).toString('base64url');
}

export function isTokenText(text: string): boolean {
  return pattern.test(text);
}

/** Whether it may be a token, or a part of one. */
export function looksSecret(text: string): boolean {
  return text.toLowerCase().startsWith(prefix);
}

/** What is kept of a token. It has 256 random bits: a slow hash would protect nothing more. */
export function hashToken(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Takes as long whether they differ early, late or not at all. */
export function isSameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
