import { join } from 'node:path';
import type { DevServicesError } from 'devservices/machine';
import type { Availability, ProgramContext } from 'devservices/runner';

import { embeddedErrors } from '../errors.ts';
import { findPackage } from './find-package.ts';

/** A program that is one npm package's command, run by this Node. */
export interface PackageCommand {
  /** The file that Node is to run. */
  file(context: ProgramContext): string;
  available(context: ProgramContext): Promise<Availability>;
}

/** Finds the command of a package of the repo's. `file` throws DS_EMBEDDED_PACKAGE_MISSING. */
export function definePackageCommand(name: string): PackageCommand {
  const look = ({ service, root }: ProgramContext): string | DevServicesError => {
    const found = findPackage(name, root);
    if (found?.bin !== undefined) return join(found.folder, found.bin);
    const install = `npm install --save-dev ${name}`;
    return embeddedErrors.create('DS_EMBEDDED_PACKAGE_MISSING', { service, name, install });
  };
  return {
    file(context) {
      const found = look(context);
      if (typeof found !== 'string') throw found;
      return found;
    },
    async available(context) {
      const found = look(context);
      return typeof found === 'string' ? { available: true } : { available: false, error: found };
    },
  };
}
