// Takes envelopes on PORT of this machine's loopback, and hands them on to TO as they are.
import { createServer } from 'node:http';

const { PORT, TO } = process.env;

createServer(async (request, answer) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { method, url } = request;
  const { status } = await fetch(TO + url, method === 'POST' ? { method, body } : { method });
  answer.writeHead(status).end();
}).listen(Number(PORT), '127.0.0.1');
