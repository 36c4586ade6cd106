import type { Rolldown } from 'tsdown';
import { leftOut } from './dependencies.ts';

const prefix = '\0left-out:';
const locales = /[\\/]locales[\\/]index\.js$/;

/**
 * Keeps out of the bundle what nobody reaches: using it throws and says so. zod's messages in other
 * languages are loaded from its own folder by whoever asks for one.
 */
export function leaveOut(): Rolldown.Plugin {
  return {
    name: 'leave-out',
    resolveId: {
      order: 'pre',
      handler: (specifier) => (Object.hasOwn(leftOut, specifier) ? `${prefix}${specifier}` : null),
    },
    load(id) {
      if (!id.startsWith(prefix)) return null;
      return { code: refusal(id.slice(prefix.length)), moduleType: 'js' };
    },
    transform: {
      filter: { id: locales },
      handler(code, id) {
        if (!id.includes('/zod/')) return null;
        const names = [...code.matchAll(/export \{ default as (\w+) \}/g)].map(
          ([, name = '']) => name,
        );
        return { code: lazyLocales(names), map: null };
      },
    },
  };
}

// Its users look at members while they load, and call or construct them later.
const refusal = (specifier: string): string => `
function refuse() {
  throw new Error('${specifier}, of ${leftOut[specifier]}, is not part of devservices.');
}
module.exports = new Proxy(refuse, { get: (_, key) => (key === '__esModule' ? undefined : refuse) });
`;

const lazyLocales = (names: readonly string[]): string => `
import { createRequire } from 'node:module';
import english from './en.js';
const load = (name) => createRequire(import.meta.url)('zod/v4/locales')[name]();
${names.map((name) => `const ${name}$ = ${name === 'en' ? 'english' : `() => load('${name}')`};`).join('\n')}
export { ${names.map((name) => `${name}$ as ${name}`).join(', ')} };
`;
