/** A command inside an instance, joined to its caller's streams. */
export interface AttachedCommand {
  command: readonly string[];
  /** Where there is one, the command gets a terminal of its own, sized like this. */
  terminal?: { columns: number; rows: number; onResize(listener: () => void): () => void };
  stdin?: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  environment?: Readonly<Record<string, string>>;
  user?: string;
  workingDir?: string;
  /**
   * To be called once, right before the command runs: what is typed and signalled is the command's
   * from then on. Returns how to stop that, which is to be called however it ends. With `keepsTerminal`
   * the terminal stays as it is, for a command of this machine that reads it itself.
   */
  onSignal?(
    listener: (name: NodeJS.Signals) => void,
    options?: { keepsTerminal?: boolean },
  ): () => void;
  signal: AbortSignal;
}
