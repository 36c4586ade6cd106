import { connect } from 'node:net';
import { type Clock, plainText, withDeadline } from 'devservices/machine';

/** What came of a connection: it leads to an SSH server, or what was seen instead, in words. */
export type PortAnswer = { isOpen: true } | { isOpen: false; reason: string };

export interface AskPort {
  /** Of 127.0.0.1. */
  port: number;
  /** An SSH server speaks first; of any other it is enough that it takes the connection. */
  isSsh: boolean;
  clock: Clock;
  signal: AbortSignal;
}

/** Connects, looks who answers, and hangs up. Rejects with the signal's reason only. */
export async function askPort(request: AskPort): Promise<PortAnswer> {
  const { clock, signal } = request;
  const silent = { isOpen: false, reason: `it says nothing for ${silenceMs / 1000} s` } as const;
  try {
    return await withDeadline(
      { clock, ms: silenceMs, signal },
      (until) => converse(request, until),
      () => silent,
    );
  } catch (error) {
    if (error === silent) return silent;
    throw error;
  }
}

const silenceMs = 10_000;

function converse({ port, isSsh }: AskPort, until: AbortSignal): Promise<PortAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const tell = (answer: PortAnswer) => {
      socket.destroy();
      resolve(answer);
    };
    const fail = (reason: string) => tell({ isOpen: false, reason });
    const giveUp = () => {
      socket.destroy();
      reject(until.reason);
    };
    until.addEventListener('abort', giveUp, { once: true });
    let said = '';
    socket.setEncoding('latin1');
    socket.once('connect', () => !isSsh && tell({ isOpen: true }));
    socket.on('data', (text: string) => {
      said += text;
      if (said.startsWith(greeting)) return tell({ isOpen: true });
      // What is no greeting will not become one.
      if (!greeting.startsWith(said.slice(0, greeting.length))) fail(`it says ${quoted(said)}`);
    });
    socket.once('error', ({ message }) => fail(message));
    socket.once('close', () => fail('it hangs up without a word'));
  });
}

const greeting = 'SSH-';

const quoted = (text: string): string => `"${plainText(text.slice(0, 60).trim())}"`;
