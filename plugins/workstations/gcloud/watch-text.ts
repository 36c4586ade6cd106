import { Writable } from 'node:stream';

/** A sink for what a process writes, and a promise that resolves when `shape` is in it; never rejects. */
export function watchText(shape: RegExp): { sink: Writable; matched: Promise<void> } {
  let resolve = (): void => {};
  const matched = new Promise<void>((done) => (resolve = done));
  let text = '';
  let isMatched = false;
  const sink = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      // The rest is of no interest: dots, one a second, for as long as it takes.
      if (!isMatched) text += chunk.toString();
      if (!isMatched && shape.test(text)) {
        isMatched = true;
        resolve();
      }
      done();
    },
  });
  return { sink, matched };
}
