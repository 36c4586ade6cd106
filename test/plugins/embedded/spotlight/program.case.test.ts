import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import program from '../../../../plugins/embedded/spotlight/program.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { createPlace, startProgram } from '../place.ts';

const type = 'application/x-sentry-envelope';
const envelope = (text: string): string =>
  [{ event_id: '9ec79c33ec9942ab8353589fcb2e04dc' }, { type: 'event' }, { message: text }]
    .map((line) => JSON.stringify(line))
    .join('\n');

test('what is sent to it is shown to its page, which asks nobody else', async () => {
  const { port, started } = await start();
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  const html = await page.text();
  expect(html).toContain("sidecarUrl:location.origin+'/stream'");
  const script = /src="(\/assets\/[^"]+)"/.exec(html)?.[1] ?? '';
  expect((await fetch(`http://127.0.0.1:${port}${script}`)).status).toBe(200);

  const shown = await follow(port);
  for (const [path, text] of [
    ['/stream', 'sent as services send'],
    ['/api/1/envelope/', 'sent to it as a DSN'],
  ] as const) {
    expect(
      await ask(port, { method: 'POST', path, headers: { 'content-type': type } }, envelope(text)),
    ).toBe(200);
    await shown.until(text);
  }
  expect((await started.end('SIGTERM')).exitCode).toBe(0);
});

test('it is not reached but over loopback', async () => {
  const { port } = await start();
  const error = await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.2', port });
    socket.on('error', resolve).on('connect', () => resolve(socket.destroy()));
  });
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

test('it reads no file, opens no editor, and answers no page of a website', async () => {
  const { port } = await start();
  const frames = JSON.stringify({ frames: [{ filename: '/etc/passwd', lineno: 1, colno: 1 }] });
  expect(await ask(port, { method: 'PUT', path: '/contextlines' }, frames)).toBe(404);
  expect(await ask(port, { method: 'POST', path: '/open' }, '/etc/passwd')).toBe(404);
  for (const path of ['/../../package.json', '/assets/..%2f..%2fsidecar.js', '/src/index.html']) {
    expect(await ask(port, { path })).toBe(404);
  }
  expect(await ask(port, { path: '/health' })).toBe(200);
  expect(await ask(port, { path: '/health', headers: { origin: 'http://localhost:3000' } })).toBe(
    200,
  );
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1.evil.example' },
    { host: 'evil.example' },
    { host: `evil.example:${port}` },
    { host: 'localhost.evil.example' },
  ]) {
    expect({ headers, status: await ask(port, { path: '/health', headers }) }).toEqual({
      headers,
      status: 403,
    });
  }
});

test('what can not be unpacked does not end it', async () => {
  const { port } = await start();
  const headers = { 'content-type': type, 'content-encoding': 'gzip' };
  const broken = gzipSync(envelope('broken')).subarray(4);
  // No answer comes to that; the next one does.
  const lost = ask(port, { method: 'POST', path: '/stream', headers }, broken).catch(() => 0);
  const shown = await follow(port);
  const whole = gzipSync(envelope('whole'));
  expect(await ask(port, { method: 'POST', path: '/stream', headers }, whole)).toBe(200);
  await shown.until('whole');
  expect(await ask(port, { path: '/health', headers: { host: '127.0.0.1:99999' } })).toBe(400);
  const large = { 'content-type': type, 'content-length': String(64 * 1024 * 1024) };
  expect(await ask(port, { method: 'POST', path: '/stream', headers: large })).toBe(413);
  void lost;
});

test('a package that is missing, or of a version that tells its makers, is said with the command', async () => {
  const install = 'npm install --save-dev --save-exact @spotlightjs/spotlight@2.5.0';
  const root = createTempFolder();
  const place = { ...(await createPlace(program, ['http'])), root };
  const missing = { code: 'DS_EMBEDDED_PACKAGE_MISSING', facts: { install } };
  await expect(program.resolve(place)).rejects.toMatchObject(missing);
  const folder = join(root, 'node_modules/@spotlightjs/spotlight');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '4.11.8' }));
  const unfit = { code: 'DS_EMBEDDED_VERSION_UNFIT', facts: { installed: '4.11.8', install } };
  expect(await program.available(place)).toMatchObject({ available: false, error: unfit });
  await expect(program.resolve(place)).rejects.toMatchObject(unfit);
});

async function start() {
  const place = await createPlace(program, ['http']);
  const started = await startProgram(program, place, 'Sidecar listening on');
  return { started, port: place.ports[0]?.host ?? 0 };
}

interface Asked {
  method?: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
}

/** The answer's status; a path is sent as it is. */
function ask(port: number, asked: Asked, body?: string | Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, ...asked }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
    if (asked.headers?.['content-length'] !== undefined) sent.flushHeaders();
    else sent.end(body);
  });
}

/** What the page is shown, as it comes. */
async function follow(port: number): Promise<{ until(text: string): Promise<void> }> {
  const headers = { accept: 'text/event-stream' };
  const answer = await fetch(`http://127.0.0.1:${port}/stream`, { headers });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let got = '';
  return {
    async until(text) {
      while (!got.includes(text)) {
        const next = await reader?.read();
        if (!next || next.done) throw new Error(`It ended: ${got}`);
        got += next.value;
      }
    },
  };
}
