import { readFileSync } from 'node:fs';
import { createTestHost } from 'devservices/testing';
import { expect, test } from 'vitest';
import { measures } from '../../plugins/metrics/measures.ts';
import telemetry from './examples/telemetry.ts';

const page = readFileSync('docs/telemetry.md', 'utf8');

test('the page’s configuration is valid, and sends nothing where the variable is not set', async () => {
  await using opened = createTestHost({ config: telemetry });
  const { telemetry: isOn } = await opened.host.configure();
  expect(isOn).toBe(true);
});

test('the page’s table has every key that is measured with its tags, and no other', () => {
  const start = page.indexOf('## What is measured');
  const rows = page.slice(start, page.indexOf('\n\n', page.indexOf('| key')));
  const told = rows.split('\n').flatMap((row) => {
    const [, keys = '', tags = ''] = row.split('|').map((cell) => cell.trim());
    return [...keys.matchAll(/`([^`]+)`/g)].map(([, key = '']) => [key, tags.split(', ')] as const);
  });
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(Object.entries(measures).map(([key, { tags }]) => [key, [...tags]])),
  );
});
