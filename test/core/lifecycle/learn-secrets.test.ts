import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { container, secret } from '../../../core/index.ts';
import { createTestHost } from '../../../core/testing.ts';

describe('secrets of the configuration', () => {
  it('are known without a plan, wherever they stand, and one that cannot be read is told', async () => {
    await using test = createTestHost({
      env: { DEV_TOKEN: 'from-a-variable' },
      config: {
        services: {
          db: {
            run: container({
              image: 'db',
              environment: {
                PASSWORD: secret('written-down'),
                TOKEN: secret({ env: 'DEV_TOKEN' }),
              },
              secrets: { key: { file: 'key.txt' } },
            }),
          },
          web: {
            run: container({
              image: 'web',
              environment: () => ({ SALT: secret('of-a-function') }),
            }),
            exports: { LOST: secret({ env: 'NOT_THERE' }) },
          },
        },
      },
    });
    writeFileSync(join(test.root, 'key.txt'), 'in-a-file\n');
    const text = 'written-down from-a-variable in-a-file of-a-function';
    const failures = await test.host.learnSecrets();
    expect(test.host.redact(text)).toBe('[redacted] [redacted] [redacted] [redacted]');
    expect(failures).toMatchObject([{ code: 'DS_SECRET_UNAVAILABLE' }, expect.anything()]);
  });
});
