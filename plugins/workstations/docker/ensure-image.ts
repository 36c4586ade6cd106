import { Readable } from 'node:stream';
import { plainText, writeArchive } from 'devservices/machine';
import { type Engine, askEngine, sayingOf } from './ask-engine.ts';
import { type BuildOptions, defaultBase, describeDefaultImage } from './default-image.ts';
import { dockerWorkstationErrors } from './errors.ts';

export interface ImageRequest {
  engine: Engine;
  /** Of the options. */
  image?: string | undefined;
  build: BuildOptions;
  signal: AbortSignal;
  say(text: string): void;
}

export interface FoundImage {
  reference: string;
  /** `NAME=value` */
  environment: readonly string[];
}

/** The image that the options name, before it is there. */
export const imageOf = ({ image, build }: Pick<ImageRequest, 'image' | 'build'>): string =>
  image ?? describeDefaultImage(build).tag;

/**
 * Has the image on the engine: pulled where one is named, else built, once an engine. Throws
 * DS_WORKSTATION_IMAGE_MISSING and DS_WORKSTATION_IMAGE_BUILD.
 */
export async function ensureImage(request: ImageRequest): Promise<FoundImage> {
  const reference = imageOf(request);
  const there = await inspect(request, reference);
  if (there) return there;
  const { signal } = request;
  try {
    if (request.image === undefined) await buildDefault(request);
    else await pull(request, reference);
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
  const made = await inspect(request, reference);
  if (made) return made;
  const facts = { image: reference, reason: 'it is not there after all.' };
  throw dockerWorkstationErrors.create('DS_WORKSTATION_IMAGE_MISSING', facts);
}

async function inspect(
  { engine, signal }: ImageRequest,
  reference: string,
): Promise<FoundImage | undefined> {
  const asked = { doing: `look for the image ${reference}`, signal, unless: [404] };
  const found = await askEngine(asked, () =>
    engine.getImage(reference).inspect({ abortSignal: signal } as object),
  );
  return found && { reference, environment: found.Config.Env ?? [] };
}

async function pull({ engine, signal, say }: ImageRequest, image: string): Promise<void> {
  say(`Pulling ${image}`);
  try {
    const stream = await engine.pull(withTag(image), { abortSignal: signal });
    await follow(engine, stream, () => {});
  } catch (thrown) {
    const facts = { image, reason: sayingOf(thrown) };
    throw dockerWorkstationErrors.create('DS_WORKSTATION_IMAGE_MISSING', facts, thrown);
  }
}

// Without a tag the engine would pull all of them.
const withTag = (image: string): string => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

async function buildDefault({ engine, build, signal, say }: ImageRequest): Promise<void> {
  const { base = defaultBase, network } = build;
  const { tag, dockerfile } = describeDefaultImage(build);
  say(`Building the image of workstations from ${base}, once for this engine`);
  const content = Buffer.from(dockerfile);
  const context = writeArchive([{ path: '/Dockerfile', content, uid: 0, gid: 0, mode: 0o644 }]);
  const lines: string[] = [];
  try {
    const stream = await engine.buildImage(Readable.from([context]), {
      t: tag,
      forcerm: true,
      ...(network === undefined ? {} : { networkmode: network }),
      abortSignal: signal,
    });
    await follow(engine, stream, (text) => {
      if (/^Step \d/.test(text)) say(plainText(text));
      else lines.push(plainText(text));
    });
  } catch (thrown) {
    const facts = { base, reason: sayingOf(thrown), lines: lines.slice(-10) };
    throw dockerWorkstationErrors.create('DS_WORKSTATION_IMAGE_BUILD', facts, thrown);
  }
}

function follow(
  engine: Engine,
  stream: NodeJS.ReadableStream,
  onLine: (text: string) => void,
): Promise<void> {
  interface Progress {
    error?: string;
    stream?: string;
  }
  return new Promise((resolve, reject) => {
    const end = (error: Error | null, all: readonly Progress[]) => {
      const failure = error ?? all.find((one) => one.error !== undefined)?.error;
      if (failure === undefined) resolve();
      else reject(failure instanceof Error ? failure : new Error(failure));
    };
    engine.modem.followProgress(stream, end, ({ stream: text = '' }: Progress) => {
      if (text.trim() !== '') onLine(text.trim());
    });
  });
}
