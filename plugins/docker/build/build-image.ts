import { readFile } from 'node:fs/promises';
import type { ImageProgress } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';
import { buildArguments } from './build-arguments.ts';
import { buildErrors } from './build-errors.ts';
import { createBuildOutput } from './build-output.ts';
import { openCliEnvironment } from './cli-environment.ts';
import type { Builder } from './find-builder.ts';
import type { ImageBuild } from './resolved-build.ts';
import { runBuilder } from './run-builder.ts';

export interface BuildSetting {
  engine: Engine;
  builder: Builder;
  env: Readonly<Record<string, string | undefined>>;
}

export interface BuildOptions {
  /** Asks for newer base images. */
  pull: boolean;
  signal: AbortSignal;
  onProgress(progress: ImageProgress): void;
}

/**
 * Builds one image on the engine in use. Throws DS_BUILD_FAILED with the builder's last lines,
 * DS_BUILD_NEEDS_BUILDX, DS_BUILD_SECRET_MISSING.
 */
export async function buildImage(
  { engine, builder, env }: BuildSetting,
  image: ImageBuild,
  { pull, signal, onProgress }: BuildOptions,
): Promise<void> {
  const secrets = await readSecrets(image, env);
  const address = await engine.connect(signal);
  const cli = await openCliEnvironment(address, {
    ...env,
    DOCKER_BUILDKIT: builder.kind === 'classic' ? '0' : '1',
  });
  const output = createBuildOutput((text) =>
    secrets.reduce((masked, value) => masked.replaceAll(value, '[redacted]'), text),
  );
  try {
    onProgress({ image: image.image, status: 'building' });
    const exitCode = await runBuilder({
      path: builder.path,
      ...buildArguments(image, builder, { pull, env: cli.env }),
      env: cli.env,
      signal,
      onLine(line) {
        const step = output.add(line);
        if (step !== undefined) onProgress({ image: image.image, status: `building ${step}` });
      },
    });
    if (exitCode !== 0) throw failure(image, output.reason(), output.tail());
    onProgress({ image: image.image, status: 'build done' });
  } finally {
    await cli.close();
  }
}

function failure({ service, image }: ImageBuild, reason: string, logs: readonly string[]) {
  return buildErrors.create('DS_BUILD_FAILED', { service, image, reason, logs });
}

const tooShortToTell = 4;

/** The secrets' values by line: a command of the Dockerfile may print them. */
async function readSecrets(
  { service, build }: ImageBuild,
  env: BuildSetting['env'],
): Promise<readonly string[]> {
  const values = Object.entries(build.secrets ?? {}).map(async ([id, secret]) => {
    const isFile = 'file' in secret;
    const value = isFile
      ? await readFile(secret.file, 'utf8').catch(() => undefined)
      : env[secret.env];
    if (value !== undefined) return value.split('\n').map((line) => line.trim());
    const source = isFile ? secret.file : `$${secret.env}`;
    throw buildErrors.create('DS_BUILD_SECRET_MISSING', { service, id, source });
  });
  const lines = (await Promise.all(values)).flat();
  return lines.filter((line) => line.length >= tooShortToTell);
}
