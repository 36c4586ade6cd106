import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface FakeRegistry {
  /** `127.0.0.1:PORT`, which engines ask without TLS. */
  host: string;
  requests: string[];
}

/**
 * A registry on the loopback interface that has one image, `app:1`, with a layer of its own each
 * time. `refuse` answers instead where it returns true.
 */
export async function startFakeRegistry(
  refuse: (url: string, response: ServerResponse, authorization: string) => boolean = () => false,
): Promise<FakeRegistry> {
  const layer = createTar('made', `${process.pid} ${performance.now()}`);
  const packed = gzipSync(layer);
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: ['/none'] },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  });
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const part = (mediaType: string, bytes: Buffer) => ({
    mediaType: `application/vnd.docker.${mediaType}`,
    size: bytes.length,
    digest: digestOf(bytes),
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: part('container.image.v1+json', Buffer.from(config)),
    layers: [part('image.rootfs.diff.tar.gzip', packed)],
  });
  const blobs = new Map([config, packed].map((blob) => [digestOf(Buffer.from(blob)), blob]));
  const requests: string[] = [];
  const server = createServer(({ method, url = '', headers }, response) => {
    requests.push(`${method} ${url}`);
    const [, kind, reference = ''] = /^\/v2\/app\/(manifests|blobs)\/(.*)$/.exec(url) ?? [];
    if (refuse(url, response, headers.authorization ?? '')) return;
    const blob = blobs.get(reference);
    if (url === '/v2/') response.end('{}');
    else if (kind === 'manifests' && ['1', digestOf(Buffer.from(manifest))].includes(reference)) {
      const digest = digestOf(Buffer.from(manifest));
      response.writeHead(200, {
        'content-type': type,
        'content-length': manifest.length,
        'docker-content-digest': digest,
      });
      response.end(manifest);
    } else if (blob !== undefined) response.end(blob);
    else response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as { port: number }).port}`, requests };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

// One file in the oldest format that every tar reads.
function createTar(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  const size = Buffer.byteLength(content).toString(8).padStart(11, '0');
  header.write(name, 0);
  header.write(`0000644\0${'0000000\0'.repeat(2)}${size}\0${'0'.repeat(11)}\0        0`, 100);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(512);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}
