import type { DevServicesError } from 'devservices';
import { imageErrors } from '../image-errors.ts';
import { resolveImageReference } from './image-reference.ts';

/** A failed pull as one of our errors, and whether another try may do better. */
export interface PullFailure {
  error: DevServicesError;
  mayPass: boolean;
}

const patterns = {
  malformed: /invalid reference format|invalid repository name/i,
  noSpace: /no space left on device|disk quota exceeded/i,
  notFound:
    /manifest unknown|not found|does not exist|no matching manifest|name unknown|no such image/i,
  unauthorised:
    /unauthorized|authentication required|no basic auth|denied|incorrect username|forbidden|\b401\b|\b403\b/i,
  noNetwork:
    /dial tcp|no such host|i\/o timeout|tls handshake timeout|connection re(?:fused|set)|network is unreachable|no route to host|client\.timeout|deadline exceeded|server misbehaving|temporary failure|proxyconnect|unexpected eof|: eof$/i,
  server: /\b50[0-4]\b|internal server error|bad gateway|service unavailable|gateway timeout/i,
} as const;

/** Tells the kinds of failed pulls apart by the engine's words: it has no codes for them. */
export function resolvePullFailure(image: string, reason: string, cause?: unknown): PullFailure {
  const facts = { image, reason };
  const { registry } = resolveImageReference(image);
  const final = (error: DevServicesError): PullFailure => ({ error, mayPass: false });
  if (patterns.malformed.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_NAME_INVALID', facts, cause));
  }
  if (patterns.noSpace.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_NO_SPACE', facts, cause));
  }
  if (patterns.noNetwork.test(reason)) {
    const error = imageErrors.create('DS_IMAGE_NO_NETWORK', { ...facts, registry }, cause);
    return { error, mayPass: true };
  }
  if (patterns.notFound.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_NOT_FOUND', facts, cause));
  }
  if (patterns.unauthorised.test(reason)) {
    return final(imageErrors.create('DS_IMAGE_UNAUTHORISED', { ...facts, registry }, cause));
  }
  const error = imageErrors.create('DS_IMAGE_PULL_FAILED', facts, cause);
  return { error, mayPass: patterns.server.test(reason) };
}
