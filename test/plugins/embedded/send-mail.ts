import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends a mail as SMTP has it, a line at a time. */
export async function sendMail(port: number, subject: string): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port }).setEncoding('utf8');
  let said = '';
  const hear = async (code: string): Promise<void> => {
    while (!new RegExp(`^${code} `, 'm').test(said)) {
      const [text] = (await once(socket, 'data')) as [string];
      said += text;
    }
    said = '';
  };
  const say = async (line: string, code: string): Promise<void> => {
    socket.write(`${line}\r\n`);
    await hear(code);
  };
  await hear('220');
  await say('EHLO shop.test', '250');
  await say('MAIL FROM:<shop@shop.test>', '250');
  await say('RCPT TO:<ada@shop.test>', '250');
  await say('DATA', '354');
  const lines = [
    'From: shop@shop.test',
    'To: ada@shop.test',
    `Subject: ${subject}`,
    '',
    'Hello.',
    '.',
  ];
  await say(lines.join('\r\n'), '250');
  socket.end('QUIT\r\n');
  await once(socket, 'close');
}
