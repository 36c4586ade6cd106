import type { ApiClient, ClientOptions } from '../../../plugins/control-api/index.ts';
import type { TestToken, TestUser } from '../../rig/control-api.ts';

/**
 * A project that the suite of the client works on, reached in one of the ways that there are. It has `db`,
 * which `web` needs; `slow`, which becomes ready when it is woken; and `broken`, which ends with exit code 3.
 */
export interface SuiteGround {
  client(options?: ClientOptions): ApiClient;
  addUser(name: string, user?: TestUser): Promise<void>;
  addToken(token: TestToken): Promise<string>;
  revoke(name: string): Promise<void>;
  /** By service what runs of it, seen without the API: another word is another life. */
  lives(): Promise<Readonly<Record<string, string>>>;
  /** `slow` becomes ready, in the life that it has. */
  wake(): Promise<void>;
  /** `web` writes this line to its log; resolves when it has. */
  say(line: string): Promise<void>;
}
