import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chooseAlias,
  parseHosts,
  renderHost,
  renderHosts,
} from '../../../../plugins/workstations/ssh/ssh-config.ts';
import { writeFileSync } from 'node:fs';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

// Of paths: ssh takes ${…} for a variable, and cannot be told otherwise.
const text = fc
  .string({
    unit: fc.constantFrom(...Array.from('ab/ "\'\\%#~$*?!,=[]{}é\t')),
    minLength: 1,
    maxLength: 12,
  })
  .filter((one) => !one.includes('${'));
const user = fc.string({
  unit: fc.constantFrom(...Array.from('abz09_-."\\ %')),
  minLength: 1,
  maxLength: 8,
});

test('whatever names and paths are, ssh reads them as they are', () => {
  const file = join(createTempFolder(), 'config');
  const check = (name: string, path: string, who: string, others: readonly string[]) => {
    const key = '0123456789abcdef';
    const alias = chooseAlias(
      { name, key },
      others.map((one) => `${one}.workstation`),
    );
    const host = renderHost({
      workstation: `docker ${name}`,
      alias,
      login: { user: who, folder: '/', identityFile: `/k/${path}` },
      port: 4022,
      places: { key, knownHosts: `/h/${path}` },
    });
    const other = { ...host, workstation: 'x', alias: 'other', lines: 'Host other\n  Port 1' };
    writeFileSync(file, renderHosts([other, host]));
    expect(parseHosts(renderHosts([other, host]))).toEqual([other, host]);
    const read = readBack(file, alias);
    const shown = path.replaceAll('\t', '?');
    expect(read).toMatchObject({
      hostname: ['127.0.0.1'],
      port: ['4022'],
      user: [who],
      hostkeyalias: [key],
      // Quotes are gone, and what it would replace is still doubled.
      identityfile: [`/k/${shown}`.replaceAll('%', '%%')],
      userknownhostsfile: [`/h/${shown}`],
      identitiesonly: ['yes'],
    });
    expect(readBack(file, 'other')['port']).toEqual(['1']);
  };
  fc.assert(fc.property(text, text, user, fc.array(fc.constant('ab')), check), {
    numRuns: 150,
    seed: 8,
  });
});

function readBack(file: string, alias: string): Readonly<Record<string, readonly string[]>> {
  const shown = execFileSync('ssh', ['-T', '-G', '-F', file, '--', alias], { encoding: 'utf8' });
  const fields: Record<string, string[]> = {};
  for (const line of shown.trimEnd().split('\n')) {
    const at = line.indexOf(' ');
    (fields[line.slice(0, at)] ??= []).push(line.slice(at + 1));
  }
  return fields;
}
