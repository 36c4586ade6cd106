/** The parts of an image's name that a pull needs. */
export interface ImageReference {
  /** Where it comes from: `docker.io`, `ghcr.io`, `localhost:5000`. */
  registry: string;
  /** Name without tag and digest, as written. */
  name: string;
  /** Tag or digest; without one an engine would pull every tag. */
  tag: string;
}

/**
 * Takes an image's name apart.
 *
 * @example resolveImageReference('localhost:5000/app') // registry localhost:5000, tag latest
 */
export function resolveImageReference(image: string): ImageReference {
  const [untilDigest = '', digest] = image.split('@');
  const colon = untilDigest.indexOf(':', untilDigest.lastIndexOf('/') + 1);
  const name = colon < 0 ? untilDigest : untilDigest.slice(0, colon);
  const tag = digest ?? (colon < 0 ? 'latest' : untilDigest.slice(colon + 1));
  const [first = '', ...rest] = name.split('/');
  // Repositories are in lower case: anything else is the name of a machine.
  const hasRegistry = rest.length > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  return { registry: hasRegistry ? first : 'docker.io', name, tag };
}

/**
 * The one full name of an image, under which all ways to write it are equal.
 *
 * @example resolveFullName('redis') // docker.io/library/redis:latest
 */
export function resolveFullName(image: string): string {
  const { registry, name, tag } = resolveImageReference(image);
  const bare = name.replace(/^(?:index\.)?docker\.io\//, '');
  const isOfHub = registry === 'docker.io' || registry === 'index.docker.io';
  const path = isOfHub ? `docker.io/${bare.includes('/') ? bare : `library/${bare}`}` : name;
  return `${path}${tag.includes(':') ? '@' : ':'}${tag}`;
}
