import { createHash } from 'node:crypto';

const ociType = 'application/vnd.oci.image.manifest.v1+json';
const manifestTypes = ['application/vnd.docker.distribution.manifest.v2+json', ociType];
const listType = 'application/vnd.docker.distribution.manifest.list.v2+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

interface Manifest {
  config: { digest: string; size: number };
}

/** Lets an image in a registry say that it is of another platform; its files stay what they are. */
export async function rewritePlatform(name: string, platform: string): Promise<void> {
  const { base, tag } = urlOf(name);
  const answer = await getManifest(name);
  const manifest = (await answer.json()) as Manifest;
  const found = await fetch(`${base}/blobs/${manifest.config.digest}`);
  const [os, architecture] = platform.split('/');
  const config = JSON.stringify({ ...((await found.json()) as object), os, architecture });
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  const begun = await ask(`${base}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location') ?? '', base);
  place.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await ask(place.href, { method: 'PUT', headers, body: config });
  const changed = { ...manifest, config: { ...manifest.config, digest, size: config.length } };
  await putManifest(`${base}/manifests/${tag}`, typeOf(answer), changed);
}

/** Puts a list into the registry that has the image `name` for one platform, and no other. */
export async function putPlatformList(
  name: string,
  { tag, platform }: { tag: string; platform: string },
): Promise<void> {
  const answer = await getManifest(name);
  const { headers } = answer;
  const [os, architecture] = platform.split('/');
  const entry = {
    mediaType: typeOf(answer),
    digest: headers.get('docker-content-digest'),
    size: Number(headers.get('content-length')),
    platform: { os, architecture },
  };
  const type = typeOf(answer) === ociType ? indexType : listType;
  const list = { schemaVersion: 2, mediaType: type, manifests: [entry] };
  await putManifest(`${urlOf(name).base}/manifests/${tag}`, type, list);
}

function urlOf(name: string): { base: string; tag: string } {
  const [, host = '', repo = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(name) ?? [];
  return { base: `http://${host}/v2/${repo}`, tag };
}

function getManifest(name: string): Promise<Response> {
  const { base, tag } = urlOf(name);
  return ask(`${base}/manifests/${tag}`, { headers: { accept: manifestTypes.join(', ') } });
}

// Engines push either kind.
const typeOf = ({ headers }: Response): string => headers.get('content-type') ?? '';

async function putManifest(url: string, type: string, manifest: object): Promise<void> {
  const headers = { 'content-type': type };
  await ask(url, { method: 'PUT', headers, body: JSON.stringify(manifest) });
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  if (answer.ok) return answer;
  throw new Error(`${init.method ?? 'GET'} ${url} gave ${answer.status}: ${await answer.text()}`);
}
