import { expect, test } from 'vitest';
import status from '../../tasks/status.ts';

const plain = (text: string): string => text;
const style = {
  columns: 80,
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
  table: (rows: readonly (readonly string[])[]) =>
    rows.map((cells) => cells.filter(Boolean).join(' | ')).join('\n'),
};

function shown(reason: { code: string; text: string }): string | undefined {
  const site = {
    state: 'ready',
    action: 'unchanged',
    reason,
    runner: 'docker',
    elapsedMs: 0,
    endpoints: { http: { host: '127.0.0.1', port: 8080 } },
  } as const;
  const found = { project: 'shop', checkout: 'c', root: '/repo', services: { site } };
  return status.render?.(found, style);
}

test('what is to be known of a service stands beside its addresses', () => {
  expect(shown({ code: 'ready', text: 'its ports are not forwarded to this machine' })).toBe(
    'shop /repo\n  site | ready | docker | http 127.0.0.1:8080 | its ports are not forwarded to this machine',
  );
});

test('what the state says already is not said again', () => {
  expect(shown({ code: 'ready', text: 'ready' })).toBe(
    'shop /repo\n  site | ready | docker | http 127.0.0.1:8080',
  );
});
