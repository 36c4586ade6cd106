import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** URL of this package's public door, by its own name: the same in the repo and in what is published. */
export function ownUrl(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('devservices')).href;
}

/** The version of this package. */
export function readVersion(): string {
  const { version } = createRequire(import.meta.url)('devservices/package.json') as {
    version: string;
  };
  return version;
}
