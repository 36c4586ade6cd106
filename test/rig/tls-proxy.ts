import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer } from 'node:tls';

/** An engine behind TLS that takes only clients with a certificate of its CA. */
export interface TlsProxy {
  port: number;
  /** Folder with the client's ca.pem, cert.pem and key.pem, as DOCKER_CERT_PATH takes it. */
  certificates: string;
  /** The same of another CA. */
  strangers: string;
  close(): Promise<void>;
}

/** Puts TLS in front of an engine's socket. */
export async function startTlsProxy(target: string): Promise<TlsProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'ds-tls-'));
  const own = makeAuthority(join(folder, 'own'));
  const strange = makeAuthority(join(folder, 'strange'));
  const read = (name: string) => readFileSync(join(own, name));
  const open = new Set<Duplex>();
  const server = createServer(
    {
      ca: read('ca.pem'),
      cert: read('server-cert.pem'),
      key: read('server-key.pem'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (near) => {
      const far = connect({ path: target, allowHalfOpen: true });
      near.pipe(far).pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(one);
        one.on('error', () => other.destroy());
        one.once('close', () => {
          open.delete(one);
          other.destroy();
        });
      }
    },
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    certificates: own,
    strangers: strange,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const one of open) one.destroy();
      await closed;
      rmSync(folder, { recursive: true });
    },
  };
}

/** A CA of its own, with a certificate for a server on 127.0.0.1 and one for a client. */
export function makeAuthority(folder: string): string {
  mkdirSync(folder, { mode: 0o700 });
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    name,
  ];
  run(
    'req',
    '-x509',
    ...key('ca-key.pem'),
    '-out',
    'ca.pem',
    '-subj',
    '/CN=test authority',
    '-days',
    '2',
  );
  for (const [cert, keyFile, name, extension] of [
    ['server-cert.pem', 'server-key.pem', 'engine', 'subjectAltName=IP:127.0.0.1'],
    ['cert.pem', 'key.pem', 'client', 'extendedKeyUsage=clientAuth'],
  ] as const) {
    run('req', ...key(keyFile), '-out', 'request.pem', '-subj', `/CN=${name}`);
    writeFileSync(join(folder, 'extensions'), `${extension}\n`);
    const signing = '-req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2';
    run('x509', ...signing.split(' '), '-extfile', 'extensions', '-out', cert);
  }
  return folder;
}
