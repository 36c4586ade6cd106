import type { EmbeddedProgram } from 'devservices/runner';

import { definePackageCommand } from '../packages/find-command.ts';
import { assertOptions } from '../packages/read-options.ts';
import { readPorts } from '../packages/read-ports.ts';

const maildev = definePackageCommand('maildev');

export default {
  label: 'embedded mail catcher',
  isRootRefused: false,
  available: maildev.available,
  async resolve(place) {
    assertOptions(place, []);
    const { smtp, http } = readPorts(place, ['smtp', 'http']);
    const listen = ['--ip', '127.0.0.1', '--web-ip', '127.0.0.1'];
    const ports = ['--smtp', String(smtp), '--web', String(http)];
    const file = maildev.file(place);
    return {
      command: [process.execPath, file, ...listen, ...ports, '--mail-directory', place.dataFolder],
    };
  },
} satisfies EmbeddedProgram;
