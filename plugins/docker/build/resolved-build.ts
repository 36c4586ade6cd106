import { createHash } from 'node:crypto';
import type { ProjectIdentity, ResolvedRun, Target } from 'devservices/runner';
import { asContainer } from '../fields/resolved-container.ts';

/** A build with everything decided, as it is hashed: under the names that people write. */
export type ResolvedBuild = {
  /** An absolute path, or an address. */
  readonly context: string;
  /** An absolute path; within a context that is an address, as written. */
  readonly dockerfile?: string;
  readonly dockerfileInline?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** Files by absolute path. */
  readonly secrets?: Readonly<Record<string, { file: string } | { env: string }>>;
  readonly ssh?: readonly string[];
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: readonly string[];
  readonly noCache?: boolean;
  readonly network?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly extraHosts?: readonly string[];
  readonly shmSize?: string;
  readonly additionalContexts?: Readonly<Record<string, string>>;
};

/** An image that is to be built. */
export interface ImageBuild {
  project: ProjectIdentity;
  service: string;
  /** The name that the result gets. */
  image: string;
  platform: string | undefined;
  build: ResolvedBuild;
  /** Of everything that the result is made from, but for what the context holds. */
  hash: string;
}

/** What a target's image is built from; undefined where it is pulled. */
export function imageBuildOf({ project, service, run, spec }: Target): ImageBuild | undefined {
  const build = buildOf(run);
  if (!build) return undefined;
  const { image, platform } = asContainer(run);
  const own = Object.entries(spec.fields).filter(([path]) => /^(?:build\b|platform$)/.test(path));
  const text = JSON.stringify(own.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  // The spec's fields are HMACs already: nobody can try passwords against this one.
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return { project, service, image, platform, build, hash };
}

/** The build of a run that was normalised. */
export function buildOf(run: ResolvedRun): ResolvedBuild | undefined {
  return (run as { build?: ResolvedBuild }).build;
}
