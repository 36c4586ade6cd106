import { expect, test } from 'vitest';
import { parsePs } from '../../../../plugins/process/ending/parse-ps.ts';

// As macOS prints it, columns padded; the environment follows the command.
const text = `    1     0     1 Ss    71:02.50  15024 Mon Nov 16 08:00:01 2026     /sbin/launchd
  501     1   501 S+     0:01.03  81920 Sun Nov 22 09:15:30 2026     node api.ts HOME=/Users/ada DEVSERVICES_PROCESS=3f2a/shop/api/f00d TERM=xterm
  502   501   501 Z      0:00.00      0 Sun Nov 22 09:15:31 2026     (node)
  503     1   503 S   1-02:03:04    512 Sun Nov 22 09:15:32 2026     echo XDEVSERVICES_PROCESS=a/b/c/d

`;

test('rows of ps have who they are, whose they are, when they began and what they use', () => {
  const rows = parsePs(text).map(({ identity, ...row }) => ({ pid: identity.pid, ...row }));
  expect(rows).toEqual([
    {
      pid: 1,
      parent: 0,
      group: 1,
      isZombie: false,
      cpuMs: 4_262_500,
      residentBytes: 15_384_576,
      beganAt: Date.parse('2026-11-16T08:00:01'),
    },
    {
      pid: 501,
      parent: 1,
      group: 501,
      isZombie: false,
      cpuMs: 1030,
      residentBytes: 83_886_080,
      beganAt: Date.parse('2026-11-22T09:15:30'),
      marker: '3f2a/shop/api/f00d',
    },
    {
      pid: 502,
      parent: 501,
      group: 501,
      isZombie: true,
      cpuMs: 0,
      residentBytes: 0,
      beganAt: Date.parse('2026-11-22T09:15:31'),
    },
    {
      pid: 503,
      parent: 1,
      group: 503,
      isZombie: false,
      cpuMs: 93_784_000,
      residentBytes: 524_288,
      beganAt: Date.parse('2026-11-22T09:15:32'),
    },
  ]);
});
