import type { AttachedCommand } from 'devservices/runner';
import { createDemuxer } from '../logs/demux.ts';

export interface AttachedOutputOptions extends Pick<AttachedCommand, 'stdout' | 'stderr'> {
  /** Output of a terminal has no frames and is all stdout's. */
  hasTerminal: boolean;
  /** Asked once, of the first output: whether it is the command's, to be passed on. */
  isCommands(first: Buffer): Promise<boolean>;
  /** No more can be passed on for now, or it can again. */
  onPressure(isBehind: boolean): void;
}

/** What a command inside a container prints, on its way to the caller. */
export interface AttachedOutput {
  push(chunk: Buffer): void;
  /** After all was pushed: what was the engine's own word, and not passed on. */
  enginesWord(): Promise<string | undefined>;
}

const wakes = ['drain', 'error', 'close'];

/** Passes output on as it comes, but for what an engine prints in a command's stead. */
export function createAttachedOutput(options: AttachedOutputOptions): AttachedOutput {
  const { stdout, stderr, hasTerminal, isCommands, onPressure } = options;
  const demux = createDemuxer();
  const behind = new Set<NodeJS.WritableStream>();
  const waiting: Buffer[] = [];
  const word: Buffer[] = [];
  let isOutput: boolean | undefined;
  let looking: Promise<void> | undefined;

  const write = (stream: NodeJS.WritableStream, bytes: Buffer): void => {
    // What nobody reads any more takes nothing, and is never behind.
    if (!stream.writable || stream.write(bytes) || behind.has(stream)) return;
    behind.add(stream);
    onPressure(true);
    const goOn = (): void => {
      for (const event of wakes) stream.off(event, goOn);
      behind.delete(stream);
      if (behind.size === 0) onPressure(false);
    };
    for (const event of wakes) stream.on(event, goOn);
  };
  const pass = (chunk: Buffer): void => {
    const frames = hasTerminal ? [{ stream: 'stdout', bytes: chunk }] : demux(chunk);
    for (const { stream, bytes } of frames) {
      if (isOutput) write(stream === 'stderr' ? stderr : stdout, bytes);
      else word.push(bytes);
    }
  };
  const look = async (first: Buffer): Promise<void> => {
    // Who cannot be asked now will be asked how it ended.
    isOutput = await isCommands(first).catch(() => true);
    for (const chunk of waiting.splice(0)) pass(chunk);
  };
  return {
    push(chunk) {
      looking ??= look(chunk);
      if (isOutput === undefined) waiting.push(chunk);
      else pass(chunk);
    },
    async enginesWord() {
      await looking;
      return isOutput === false ? Buffer.concat(word).toString('utf8').trim() : undefined;
    },
  };
}
