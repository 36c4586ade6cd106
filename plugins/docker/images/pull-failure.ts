import type { DevServicesError } from 'devservices';
import { imageErrors } from '../image-errors.ts';
import { resolveImageReference } from './image-reference.ts';

/** What was to be pulled. */
export interface Wanted {
  image: string;
  platform?: string | undefined;
  /** Why no credentials went with it, though some should have. */
  trouble?: string | undefined;
}

/** A failed pull as one of our errors, and whether another try may do better. */
export interface PullFailure {
  error: DevServicesError;
  mayPass: boolean;
}

const patterns = {
  malformed: /invalid reference format|invalid repository name|repository name must be lowercase/i,
  noSpace: /no space left on device|disk quota exceeded/i,
  rateLimited: /toomanyrequests|too many requests|rate limit/i,
  noNetwork:
    /dial tcp|no such host|i\/o timeout|tls handshake timeout|connection re(?:fused|set)|network is unreachable|no route to host|client\.timeout|deadline exceeded|server misbehaving|temporary failure|proxyconnect|unexpected eof|: eof$|^eof$/i,
  platform:
    /no matching manifest for|no match for platform|does not match the (?:specified|expected) platform|no image found in (?:manifest list|image index) for/i,
  notFound: /(?:manifest|name)[ _]unknown|not found|does not exist|no such image/i,
  unauthorised:
    /unauthorized|authentication required|no basic auth|denied|incorrect username|forbidden|\b401\b|\b403\b/i,
  server: /\b50[0-4]\b|internal server error|bad gateway|service unavailable|gateway timeout/i,
} as const;

/** Tells the kinds of failed pulls apart by the engine's words: it has no codes for them. */
export function resolvePullFailure(wanted: Wanted, reason: string, cause?: unknown): PullFailure {
  const { image, platform, trouble } = wanted;
  const facts = { image, reason };
  const from = { ...facts, registry: resolveImageReference(image).registry };
  const final = (error: DevServicesError): PullFailure => ({ error, mayPass: false });
  if (patterns.malformed.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_NAME_INVALID', facts, cause));
  }
  if (patterns.noSpace.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_NO_SPACE', facts, cause));
  }
  if (patterns.rateLimited.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_RATE_LIMITED', from, cause));
  }
  if (patterns.noNetwork.test(reason)) {
    return { error: imageErrors.create('DS_IMAGE_NO_NETWORK', from, cause), mayPass: true };
  }
  if (patterns.platform.test(reason)) {
    const named = platform ?? platformIn(reason) ?? 'this engine’s platform';
    const about = { ...facts, platform: named, platforms: [] };
    return final(imageErrors.create('DS_IMAGE_PLATFORM', about, cause));
  }
  if (patterns.notFound.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_NOT_FOUND', { ...from, trouble }, cause));
  }
  if (patterns.unauthorised.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_UNAUTHORISED', { ...from, trouble }, cause));
  }
  const error = imageErrors.create('DS_IMAGE_PULL_FAILED', facts, cause);
  return { error, mayPass: patterns.server.test(reason) };
}

function platformIn(reason: string): string | undefined {
  return /\b(?:linux|windows)\/[\w/]+/.exec(reason)?.[0];
}
