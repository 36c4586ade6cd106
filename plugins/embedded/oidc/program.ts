import { join } from 'node:path';
import type { EmbeddedProgram } from 'devservices/runner';

import { definePackageCommand } from '../packages/find-command.ts';
import { assertOptions } from '../packages/read-options.ts';
import { readSolePort } from '../packages/read-ports.ts';

const server = definePackageCommand('oauth2-mock-server');

// With a key that stays, who is signed in stays so when the service is started again.
const makeKey = `
const { existsSync, renameSync, writeFileSync } = require('node:fs');
const { generateKeyPairSync, randomUUID } = require('node:crypto');
const [file] = process.argv.slice(1);
if (!existsSync(file)) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
  writeFileSync(file + '.new', JSON.stringify(key), { mode: 0o600 });
  renameSync(file + '.new', file);
}`;

export default {
  label: 'embedded OpenID Connect provider',
  isRootRefused: false,
  available: server.available,
  async resolve(place) {
    assertOptions(place, []);
    const port = readSolePort(place);
    const key = join(place.dataFolder, 'key.json');
    const file = server.file(place);
    return {
      before: [[process.execPath, '--eval', makeKey, key]],
      command: [process.execPath, file, '-a', '127.0.0.1', '-p', String(port), '--jwk', key],
    };
  },
} satisfies EmbeddedProgram;
