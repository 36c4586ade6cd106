import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { askPort, type PortAnswer } from '../../../../plugins/workstations/tunnels/ask-port.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import { startGreeter } from './tunnel-rig.ts';

const clock = createFakeClock();
const signal = new AbortController().signal;

const asked = (port: number): Promise<PortAnswer> => askPort({ port, isSsh: true, clock, signal });

test('an SSH server is known by how it greets, also where that comes in pieces', async () => {
  expect(await asked(await startGreeter())).toEqual({ isOpen: true });
  const inPieces = await startGreeter((socket) => {
    socket.setNoDelay();
    socket.write('S', () => setImmediate(() => socket.write('SH-2.0-x')));
  });
  expect(await asked(inPieces)).toEqual({ isOpen: true });
});

test('who hangs up, refuses or says something else is told as such', async () => {
  const [nobody] = await freePorts(1);
  const refused = await asked(nobody);
  expect(refused).toMatchObject({ isOpen: false, reason: expect.stringMatching(/ECONNREFUSED/) });
  expect(await asked(await startGreeter((socket) => void socket.end()))).toEqual({
    isOpen: false,
    reason: 'it hangs up without a word',
  });
  const other = await startGreeter((socket) => void socket.write('\u001b]0;HTTP'));
  expect(await asked(other)).toEqual({ isOpen: false, reason: 'it says "\u{fffd}]0;HTTP"' });
});

test('who says nothing is given up', async () => {
  let onAsked = () => {};
  const isAsked = new Promise<void>((resolve) => (onAsked = resolve));
  const answer = asked(await startGreeter(() => onAsked()));
  await isAsked;
  await clock.advance(10_000);
  expect(await answer).toEqual({ isOpen: false, reason: 'it says nothing for 10 s' });
});

test('of what is no SSH server, it is enough that it takes the connection', async () => {
  const port = await startGreeter(() => {});
  expect(await askPort({ port, isSsh: false, clock, signal })).toEqual({ isOpen: true });
});

test('an abort ends it with its reason', async () => {
  const abort = new AbortController();
  const port = await startGreeter(() => abort.abort(new Error('Ctrl-C')));
  const answer = askPort({ port, isSsh: true, clock, signal: abort.signal });
  await expect(answer).rejects.toThrow('Ctrl-C');
});
