import type { LogLine } from '../run/runner.ts';

export interface LineWriterOptions {
  stdout: NodeJS.WritableStream;
  redact(text: string): string;
  /** Nobody takes lines any more. */
  onGone(): void;
}

/** Writes lines as fast as they are taken; nothing more where nobody takes them. */
export function createLineWriter(options: LineWriterOptions): (line: LogLine) => Promise<void> {
  const { stdout, redact, onGone } = options;
  let isGone = false;
  let proceed = () => {};
  stdout.once('error', () => {
    isGone = true;
    proceed();
    onGone();
  });
  return async ({ text }) => {
    if (isGone || stdout.write(`${redact(text)}\n`)) return;
    await new Promise<void>((resolve) => {
      proceed = () => {
        for (const event of ['drain', 'close']) stdout.off(event, proceed);
        resolve();
      };
      for (const event of ['drain', 'close']) stdout.on(event, proceed);
    });
  };
}
