import { join } from 'node:path';
import type { DevServicesError } from 'devservices/machine';
import type { EmbeddedProgram, ProgramContext } from 'devservices/runner';

import { embeddedErrors } from '../errors.ts';
import { findPackage } from '../packages/find-package.ts';
import { assertOptions } from '../packages/read-options.ts';
import { readSolePort } from '../packages/read-ports.ts';
import { serveScript } from './serve-script.ts';

const name = '@spotlightjs/spotlight';
const install = `npm install --save-dev --save-exact ${name}@2.5.0`;

export default {
  label: 'embedded Spotlight',
  isRootRefused: false,
  async available(context) {
    const found = look(context);
    return typeof found === 'string' ? { available: true } : { available: false, error: found };
  },
  async resolve(place) {
    assertOptions(place, []);
    const port = readSolePort(place);
    const folder = look(place);
    if (typeof folder !== 'string') throw folder;
    const server = join(folder, 'dist/sidecar.js');
    const page = join(folder, 'dist/overlay');
    const run = [process.execPath, '--input-type=module', '--eval', serveScript] as const;
    return { command: [...run, server, page, String(port)] };
  },
} satisfies EmbeddedProgram;

/** The package's folder, or why it can not be had. */
function look({ service, root }: ProgramContext): string | DevServicesError {
  const found = findPackage(name, root);
  if (!found)
    return embeddedErrors.create('DS_EMBEDDED_PACKAGE_MISSING', { service, name, install });
  const { folder, version: installed } = found;
  // The server and the page that are known; later ones bring a Sentry SDK that tells their makers.
  if (installed.startsWith('2.5.')) return folder;
  const why = '2.5 alone is known to tell nobody what it gets and how it is used';
  return embeddedErrors.create('DS_EMBEDDED_VERSION_UNFIT', {
    service,
    name,
    installed,
    why,
    install,
  });
}
