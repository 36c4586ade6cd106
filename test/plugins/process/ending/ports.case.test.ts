import { afterEach, beforeEach, expect, test } from 'vitest';
import { findListeners } from '../../../../core/identity/listeners.ts';
import { membersOf } from '../../../../plugins/process/ending/members.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import { createLiveFolder, isRunning, type LiveFolder } from '../live-process.ts';
import { endStates as end } from './end-states.ts';

let folder: LiveFolder;
beforeEach(() => (folder = createLiveFolder()));
afterEach(() => folder[Symbol.dispose]());

const node = process.execPath;

test('its ports are free when it is gone', async () => {
  const [port] = await freePorts(1);
  folder.write(
    'serve.mjs',
    `import { createServer } from 'node:net';
     import { writeFileSync } from 'node:fs';
     createServer().listen(${port}, '127.0.0.1', () => writeFileSync('pids', process.pid + '\\n'));`,
  );
  const ports = [{ name: 'http', container: port, host: port, protocol: 'tcp' as const }];
  const record = folder.record({ command: [node, 'serve.mjs'] }, ports);
  for (let starts = 0; starts < 3; starts++) {
    folder.write('pids', '');
    const live = await folder.start(record);
    await folder.pids('pids', 1);
    expect(findListeners(port)).toHaveLength(1);
    await end(live.record);
    expect(findListeners(port)).toEqual([]);
  }
});

test('a socket that somebody else was given is said, with who has it', async () => {
  const [port] = await freePorts(1);
  folder.write(
    'serve.mjs',
    `import { spawn } from 'node:child_process';
     import { createServer } from 'node:net';
     import { writeFileSync } from 'node:fs';
     const server = createServer().listen(${port}, '127.0.0.1', () => {
       // It has neither marker nor group nor parent of ours, but the socket.
       const { fd } = server._handle;
       const env = { DEVSERVICES_PROCESS: 'another/one' };
       const { pid } = spawn('/bin/sleep', ['1000'], { detached: true, env, stdio: ['ignore', 'ignore', 'ignore', fd] });
       writeFileSync('pids', pid + '\\n');
     });`,
  );
  const ports = [{ name: 'http', container: port, host: port, protocol: 'tcp' as const }];
  const { record } = await folder.start(folder.record({ command: [node, 'serve.mjs'] }, ports));
  const [pid = 0] = await folder.pids('pids', 1);
  folder.owns(pid);
  await expect(end(record)).rejects.toMatchObject({
    code: 'DS_PROCESS_PORT_HELD',
    facts: { port, holder: `sleep (pid ${pid})` },
  });
  expect(isRunning(pid)).toBe(true);
  expect(membersOf(record)).toEqual([]);
});
