import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { composeBinary } from './compose-binary.ts';
import { mayInstallEngine } from './engine/install-packages.ts';

const isDebian = await mayInstallEngine();

test(`docker compose 2 ${isDebian ? 'is had from packages of Debian' : 'runs where it is had'}`, async () => {
  const binary = await composeBinary();
  const version = binary && execFileSync(binary, ['version', '--short'], { encoding: 'utf8' });
  expect(version ?? (isDebian ? 'none' : '2.')).toMatch(/^2\./);
  expect(await composeBinary()).toBe(binary);
}, 120_000);
