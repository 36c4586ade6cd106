import { expect, test } from 'vitest';
import { createJsonRenderer } from '../../../core/render/json-renderer.ts';
import { createPlainRenderer } from '../../../core/render/plain-renderer.ts';
import { createQuietRenderer } from '../../../core/render/quiet-renderer.ts';
import { createTerminalRenderer } from '../../../core/render/terminal-renderer.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { event, recordOutput, startMs } from './event-script.ts';

test('where a server is reached is told at any verbosity, token and all; its calls are dim lines', () => {
  const url = 'http://127.0.0.1:4711';
  const serving = event(0, { event: 'serving', url, token: 'secret-token' });
  const call = { event: 'api-called', method: 'POST', by: 'os:ada' } as const;
  const path = '/api/0/services/db/restart';
  const calls = [
    event(1, { ...call, path, status: 200, elapsedMs: 1234 }),
    event(2, { ...call, path: '/\u001B[2Ja\u0007', status: 404, elapsedMs: 1, code: 'DS_X' }),
  ];
  const shown = (create: typeof createPlainRenderer) => {
    const [out, err] = [recordOutput({ isTerminal: true }), recordOutput({ isTerminal: true })];
    const renderer = create({
      out,
      err,
      clock: createFakeClock(startMs),
      isColoured: { out: true, err: true },
      isVerbose: false,
      isQuery: false,
      logFormat: () => 'human',
    });
    for (const one of [serving, ...calls]) renderer.onEvent(one);
    renderer.close();
    expect(err.text).toBe('');
    return out.text;
  };
  const dim = (text: string) => `\u001B[2m${text}\u001B[22m\n`;
  const lines = [dim(`POST ${path} 200 os:ada 1.2 s`), dim('POST /a 404 DS_X os:ada 1 ms')].join(
    '',
  );
  expect(shown(createPlainRenderer)).toBe(`Serving on ${url}/#secret-token\n${lines}`);
  expect(shown(createQuietRenderer)).toBe(`${url}/#secret-token\n`);
  const terminal = shown(createTerminalRenderer);
  expect(terminal).toContain(`${url}/#secret-token`);
  expect(terminal).toContain(lines);
  const [first] = shown(createJsonRenderer).split('\n');
  expect(JSON.parse(first ?? '')).toEqual(serving);
});
