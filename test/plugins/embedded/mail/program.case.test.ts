import { connect } from 'node:net';
import { expect, test } from 'vitest';

import program from '../../../../plugins/embedded/mail/program.ts';
import { createPlace, startProgram } from '../place.ts';
import { sendMail } from '../send-mail.ts';

test('mail that is sent is on the page, also after a stop', async () => {
  const place = await createPlace(program, ['smtp', 'http']);
  const [smtp, http] = place.ports.map(({ host }) => host);
  const first = await startProgram(program, place, 'Press Ctrl+C to stop');
  await sendMail(smtp ?? 0, 'Your password');
  const list = async () => (await fetch(`http://127.0.0.1:${http}/api/email`)).json();
  expect(await list()).toMatchObject([{ subject: 'Your password' }]);
  await first.end('SIGTERM');
  await startProgram(program, place, 'Press Ctrl+C to stop');
  expect(await list()).toMatchObject([{ subject: 'Your password' }]);
  const page = await fetch(`http://127.0.0.1:${http}/`, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('<title>MailDev');
});

test('it is not reached but over loopback', async () => {
  const place = await createPlace(program, ['smtp', 'http']);
  await startProgram(program, place, 'Press Ctrl+C to stop');
  for (const { host } of place.ports) {
    const error = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.2', port: host });
      socket.on('error', resolve).on('connect', () => resolve(socket.destroy()));
    });
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  }
});

test('ports that it needs are named', async () => {
  const place = await createPlace(program, ['smtp']);
  await expect(program.resolve(place)).rejects.toMatchObject({
    code: 'DS_EMBEDDED_PORTS_WRONG',
    facts: { needs: 'the TCP ports smtp and http, and no others' },
  });
});
