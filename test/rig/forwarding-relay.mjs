// Takes envelopes on PORT of this machine's loopback, and hands them on to TO as they are.
import { createServer } from 'node:http';

const { PORT, TO } = process.env;

createServer((request, answer) => {
  pass(request).then(
    (status) => answer.writeHead(status).end(),
    () => answer.writeHead(502).end(),
  );
}).listen(Number(PORT), '127.0.0.1');

async function pass(request) {
  const { method, url } = request;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { status } = await fetch(TO + url, method === 'POST' ? { method, body } : { method });
  return status;
}
