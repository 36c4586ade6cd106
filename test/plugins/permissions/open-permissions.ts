import type { Contracts } from 'devservices';
import { createTestHost, type TestHost } from 'devservices/testing';
import { onTestFinished } from 'vitest';
import type { AuditEntry, DeclaredPermission } from '../../../plugins/permissions/contract.ts';
import { permissions } from '../../../plugins/permissions/index.ts';
import { store } from '../../../plugins/store/index.ts';

export const mailRead = { name: 'mail.read', description: 'Reads all mail' };
export const mailSend = { name: 'mail.send', description: 'Sends mail' };
export const by = 'os:test';

export interface OpenPermissions {
  readonly test: TestHost;
  readonly register: Contracts['permissions'];
  readonly authorizer: Contracts['authorizer'];
  /** Makes a user of our own; a superuser unless it is said. */
  addUser(username: string, more?: { email?: string; superuser?: boolean }): Promise<void>;
  /** What was recorded, the oldest first: `permission-added ada mail.read`. */
  recorded(): Promise<string[]>;
}

/** Users and permissions in a real store of the test's own: a file. */
export async function openPermissions(
  declare: DeclaredPermission[] = [mailRead, mailSend],
): Promise<OpenPermissions> {
  const test = createTestHost({ config: { plugins: [store(), permissions({ declare })] } });
  onTestFinished(() => test.close());
  await test.host.configure();
  await test.host.initialize('permissions');
  const register = await test.host.use('permissions');
  return {
    test,
    register,
    authorizer: await test.host.use('authorizer'),
    async addUser(username, { email, superuser = true } = {}) {
      await register.users.add({ username, email, superuser, by });
    },
    recorded: async () => (await register.log({})).map(wordsOf).toReversed(),
  };
}

const wordsOf = ({ action, username, detail }: AuditEntry): string =>
  `${action} ${username} ${detail}`;

/** Code, blame, message and hint of what was thrown. */
export async function refusalOf(work: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await work;
  } catch (thrown) {
    const { code, blame, message, hint } = thrown as Record<string, unknown>;
    return { code, blame, message, hint };
  }
  throw new Error('nothing was refused');
}
