import type Docker from 'dockerode';

export interface ImageBuild {
  tag: string;
  /** Folder of the Dockerfile and of the files it copies. */
  folder: string;
  dockerfile: string;
  files: readonly string[];
  labels: Readonly<Record<string, string>>;
  buildArgs?: Readonly<Record<string, string>>;
}

/** Builds one image with the engine's own builder; throws with what the engine says went wrong. */
export async function buildImage(engine: Docker, build: ImageBuild): Promise<void> {
  const { tag, folder, dockerfile, files, labels, buildArgs = {} } = build;
  const stream = await engine.buildImage(
    { context: folder, src: [dockerfile, ...files] },
    // The private engine has no default bridge: what a build runs, runs on the host's network.
    { t: tag, dockerfile, labels, buildargs: buildArgs, networkmode: 'host', forcerm: true },
  );
  await finish(engine, stream);
}

/** Reads an engine's progress stream to its end; the first error in it is thrown. */
export function finish(engine: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    engine.modem.followProgress(stream, (error: Error | null, lines: { error?: string }[]) => {
      const failure = error ?? lines.find((line) => line.error !== undefined)?.error;
      if (failure) reject(failure instanceof Error ? failure : new Error(failure));
      else resolve();
    });
  });
}
