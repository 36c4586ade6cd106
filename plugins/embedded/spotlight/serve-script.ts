/**
 * Serves Spotlight on 127.0.0.1. Its own server listens on all interfaces, opens any file in an editor
 * and reads any file for whoever asks, a page of any website included; so it is given only what is let
 * through here. Its arguments: the module of the server, the folder of the page, the port.
 */
export const serveScript = `
import { readFileSync } from 'node:fs';
import { Server } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, page, port] = process.argv.slice(1);
const maxBytes = 32 * 1024 * 1024;
const source = "window.__spotlight={initOptions:{sidecarUrl:location.origin+'/stream'}}";
const index = readFileSync(join(page, 'src/index.html'), 'utf8')
  .replace('<head>', '<head><script>' + source + '</script>');
// It would write what it gets into files of the folder that it runs in.
delete process.env.SPOTLIGHT_CAPTURE;
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));

const open = [
  /^(POST|OPTIONS) \\/api\\/\\d+\\/envelope\\/?$/,
  /^(GET|POST|OPTIONS) \\/stream$/,
  /^(DELETE|OPTIONS) \\/clear$/,
  /^GET \\/(health|assets\\/[\\w.-]+)$/,
];
const loopback = /^(localhost|[\\w-]+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1\\])$/;
// A name of somebody's own may be made to lead here; these can not.
const known = /^(host\\.docker\\.internal|host\\.containers\\.internal|\\d{1,3}(\\.\\d{1,3}){3}|\\[[\\da-f:]+\\])$/;

function refusal({ method, headers, url }, path) {
  const host = (headers.host ?? '').toLowerCase().replace(/:\\d+$/, '');
  if (!loopback.test(host) && !known.test(host)) return 403;
  if (headers.origin !== undefined) {
    const { hostname } = URL.canParse(headers.origin) ? new URL(headers.origin) : { hostname: '' };
    if (!loopback.test(hostname)) return 403;
  }
  if (!URL.canParse(url, 'http://' + headers.host)) return 400;
  if (Number(headers['content-length'] ?? 0) > maxBytes) return 413;
  return open.some((one) => one.test(method + ' ' + path)) ? undefined : 404;
}

const { listen } = Server.prototype;
Server.prototype.listen = function (at, ready) {
  const [serve] = this.listeners('request');
  this.removeAllListeners('request').on('request', (request, answer) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const status = refusal(request, path);
    if (path === '/' && request.method === 'GET' && status === 404) {
      const policy = "default-src 'self' 'unsafe-inline' data: blob:; frame-ancestors 'none'";
      const type = 'text/html; charset=utf-8';
      answer.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(index);
    } else if (status !== undefined) {
      answer.writeHead(status, { connection: 'close' }).end();
    } else {
      serve.call(this, request, answer);
    }
  });
  this.removeAllListeners('error').on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  return listen.call(this, { port: at, host: '127.0.0.1' }, ready);
};
// What is sent to it and can not be unpacked must not end it.
process.on('uncaughtException', (error) => console.error(error.message));

const { setupSidecar } = await import(pathToFileURL(file).href);
setupSidecar({ port: Number(port), basePath: page });
`;
