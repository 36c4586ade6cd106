import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createAttachedOutput } from '../../../../plugins/docker/commands/attached-output.ts';

const frame = (stream: 1 | 2, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

function createOutput(options: {
  isCommands: () => Promise<boolean>;
  hasTerminal?: boolean;
  stdout?: Writable;
  stderr?: Writable;
}) {
  const written = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof written) =>
    new PassThrough().on('data', (chunk: Buffer) => void (written[name] += chunk.toString()));
  const pressure: boolean[] = [];
  const output = createAttachedOutput({
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    hasTerminal: false,
    onPressure: (isBehind) => void pressure.push(isBehind),
    ...options,
  });
  return { output, written, pressure };
}

test('both streams come apart, in order, what came while it was not known whose it is included', async () => {
  let know: (is: boolean) => void = () => {};
  const { output, written } = createOutput({
    isCommands: () => new Promise((resolve) => (know = resolve)),
  });
  const bytes = Buffer.concat([frame(1, 'one '), frame(2, 'two '), frame(1, 'three')]);
  output.push(bytes.subarray(0, 13));
  output.push(bytes.subarray(13));
  expect(written).toEqual({ stdout: '', stderr: '' });
  know(true);
  expect(await output.enginesWord()).toBeUndefined();
  output.push(frame(2, 'four'));
  await new Promise(setImmediate);
  expect(written).toEqual({ stdout: 'one three', stderr: 'two four' });
});

test('it is asked once whose output it is; what is the engine’s is not passed on', async () => {
  let asked = 0;
  const { output, written } = createOutput({
    isCommands: () => Promise.resolve(++asked > 1),
  });
  output.push(frame(1, 'exec failed: '));
  await output.enginesWord();
  output.push(frame(1, 'no such file\r\n'));
  expect(await output.enginesWord()).toBe('exec failed: no such file');
  expect(written).toEqual({ stdout: '', stderr: '' });
});

test('a terminal’s output is taken as it is', async () => {
  const { output, written } = createOutput({
    hasTerminal: true,
    isCommands: () => Promise.resolve(true),
  });
  output.push(Buffer.from('\u0001\u0000\u0000plain'));
  await output.enginesWord();
  await new Promise(setImmediate);
  expect(written.stdout).toBe('\u0001\u0000\u0000plain');
});

test('where it cannot be asked, output is the command’s', async () => {
  const { output, written } = createOutput({ isCommands: () => Promise.reject(new Error('gone')) });
  output.push(frame(1, 'x'));
  expect(await output.enginesWord()).toBeUndefined();
  await new Promise(setImmediate);
  expect(written.stdout).toBe('x');
});

test('a reader that is slow is waited for, told once and untold once', async () => {
  let goOn = (): void => {};
  const slow = new Writable({
    highWaterMark: 4,
    write: (_chunk, _encoding, done) => void (goOn = done),
  });
  const { output, pressure } = createOutput({
    isCommands: () => Promise.resolve(true),
    stdout: slow,
  });
  output.push(frame(1, 'first, long enough'));
  output.push(frame(1, 'second'));
  await output.enginesWord();
  expect(pressure).toEqual([true]);
  goOn();
  await new Promise(setImmediate);
  goOn();
  await new Promise(setImmediate);
  expect(pressure).toEqual([true, false]);
});

test('a stderr that nobody reads any more holds nobody up', async () => {
  const stderr = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => setImmediate(done, new Error('EPIPE')),
  }).on('error', () => {});
  const { output, pressure } = createOutput({ isCommands: () => Promise.resolve(true), stderr });
  output.push(frame(2, 'one'));
  await output.enginesWord();
  expect(pressure).toEqual([true]);
  await new Promise<void>((resolve) => void stderr.once('close', resolve));
  expect(pressure).toEqual([true, false]);
  output.push(frame(2, 'two'));
  expect(pressure).toEqual([true, false]);
});
