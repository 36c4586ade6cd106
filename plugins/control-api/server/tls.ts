import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { fileReason, reasonOf } from 'devservices/machine';
import { apiErrors } from '../errors.ts';

export interface TlsFiles {
  cert?: string | undefined;
  key?: string | undefined;
}

export interface Tls {
  cert: Buffer;
  key: Buffer;
  /** The names that the certificate is for; no patterns. */
  names: readonly string[];
}

/** Reads certificate and key; undefined where neither is named. Throws DS_API_TLS_UNUSABLE. */
export function loadTls({ cert, key }: TlsFiles): Tls | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const given = cert ?? key ?? '';
    throw apiErrors.create('DS_API_TLS_UNUSABLE', {
      file: given,
      reason: `a ${cert === undefined ? 'certificate' : 'key'} belongs to it, and none is named`,
    });
  }
  const files = { cert: read(cert), key: read(key) };
  try {
    createSecureContext(files);
    return { ...files, names: namesIn(files.cert) };
  } catch (thrown) {
    throw apiErrors.create('DS_API_TLS_UNUSABLE', { file: cert, reason: reasonOf(thrown) }, thrown);
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw apiErrors.create('DS_API_TLS_UNUSABLE', { file, reason: fileReason(thrown) }, thrown);
  }
}

function namesIn(cert: Buffer): string[] {
  const { subjectAltName = '' } = new X509Certificate(cert);
  return subjectAltName.split(', ').flatMap((entry) => /^DNS:([\w.-]+)$/.exec(entry)?.[1] ?? []);
}
