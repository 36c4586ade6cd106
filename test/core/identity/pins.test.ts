import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readPins, removePins, writePin } from '../../../core/identity/pins.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const project = 'shop';

describe('pins', () => {
  it('are kept by project, and none at first', () => {
    const checkout = { stateFolder: createTempFolder() };
    expect(readPins(checkout, project)).toEqual(new Map());
    writePin(checkout, { project, service: 'postgres', runKey: 'docker' });
    writePin(checkout, { project: 'other', service: 'postgres', runKey: 'local' });
    writePin(checkout, { project, service: 'redis', runKey: 'local' });
    writePin(checkout, { project, service: 'redis', runKey: 'docker' });
    expect(Object.fromEntries(readPins(checkout, project))).toEqual({
      postgres: 'docker',
      redis: 'docker',
    });
    expect(statSync(join(checkout.stateFolder, 'pins.json')).mode & 0o777).toBe(0o600);
  });

  it('are written only when new', () => {
    const checkout = { stateFolder: createTempFolder() };
    const written = () => statSync(join(checkout.stateFolder, 'pins.json')).ino;
    writePin(checkout, { project, service: 'postgres', runKey: 'docker' });
    const first = written();
    writePin(checkout, { project, service: 'postgres', runKey: 'docker' });
    removePins(checkout, { project, services: ['redis'] });
    removePins(checkout, { project: 'other' });
    expect(written()).toBe(first);
  });

  it('are removed by service or with the project', () => {
    const checkout = { stateFolder: createTempFolder() };
    for (const service of ['a', 'b', 'c']) writePin(checkout, { project, service, runKey: 'x' });
    removePins(checkout, { project, services: ['a', 'nobody'] });
    expect([...readPins(checkout, project).keys()]).toEqual(['b', 'c']);
    removePins(checkout, { project });
    expect(readPins(checkout, project).size).toBe(0);
  });

  it('take names that objects are born with', () => {
    const checkout = { stateFolder: createTempFolder() };
    expect(readPins(checkout, 'constructor').size).toBe(0);
    for (const name of ['constructor', '__proto__']) {
      writePin(checkout, { project: name, service: name, runKey: 'docker' });
      expect([...readPins(checkout, name)]).toEqual([[name, 'docker']]);
    }
  });

  it.each(['', '{"shop":1}', '{"shop":{"a":1}}', '[]'])('are not forgotten for "%s"', (text) => {
    const checkout = { stateFolder: createTempFolder() };
    writeFileSync(join(checkout.stateFolder, 'pins.json'), text);
    expect(() => readPins(checkout, project)).toThrow(
      expect.objectContaining({ code: 'DS_STATE_CORRUPT', blame: 'environment' }),
    );
  });
});
