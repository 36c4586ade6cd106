import type { Relay, Target } from 'devservices/runner';
import type { ProcessIdentity } from 'devservices/machine';

/** Grows when an older side would misunderstand; a newer client asks an older supervisor to make room. */
export const protocolVersion = 1;

/** What the supervisor's file says; whoever can read it may use the socket. */
export interface SupervisorFile {
  v: 1;
  protocol: number;
  identity: ProcessIdentity;
  /** 32 random bytes, base64url. */
  token: string;
  socket: string;
  startedAt: number;
}

/**
 * HTTP over the socket, `authorization: Bearer TOKEN`; bodies are JSON. A failure answers
 * `{ error: { code, blame, message, hint, facts } }` with 4xx or 5xx.
 *
 * | request | body | answer |
 * |---|---|---|
 * | `POST /start` | StartRequest | StartAnswer, when the process was started (or could not be) |
 * | `POST /stop` | ServiceRequest | `{}`, when nothing of it is left and its ports are free |
 * | `POST /restart` | ServiceRequest | StartAnswer; two at once make one |
 * | `POST /remove` | ServiceRequest | `{}`: stopped, its relays closed, its record and log removed |
 * | `POST /relay` | Relay | `{}` |
 * | `POST /leave` | LeaveRequest | LeaveAnswer, then it ends and leaves all processes running |
 * | `GET /events?project=NAME` | | newline-delimited SupervisorEvent, the first `{ type: 'listening' }` |
 */
export interface StartRequest {
  target: Target;
  /** Id of the record that `prepare` made. */
  id: string;
  callerEnvironment: Readonly<Record<string, string>>;
}

export interface ServiceRequest {
  project: string;
  service: string;
  id: string;
}

export interface StartAnswer {
  leader: ProcessIdentity;
  startedAt: number;
}

export type RelayRequest = Relay;

export interface LeaveRequest {
  /** It stays where it has records of any project. */
  ifEmpty?: boolean;
}

export interface LeaveAnswer {
  stays?: boolean;
}

export type SupervisorEvent =
  | { type: 'listening' }
  | { type: 'started'; service: string; id: string }
  | {
      type: 'exited';
      service: string;
      id: string;
      exitCode?: number;
      willRestart: boolean;
      isRemoval: boolean;
      at: number;
    }
  | { type: 'removed'; service: string; id: string };
