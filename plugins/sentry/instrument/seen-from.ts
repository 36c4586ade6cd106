import type { Run } from 'devservices';
import type { ContainerRun } from 'devservices/runner';

/**
 * A URL as a run reaches what it names: a container has another loopback than this machine, which it
 * knows as `host.docker.internal`. Templates and all else stay as they are. Pure.
 *
 * @example seenFrom(run, 'http://key@127.0.0.1:8000/1') // 'http://key@host.docker.internal:8000/1'
 */
export function seenFrom(run: Run, url: string): string {
  const { kind, networkMode } = run as Partial<ContainerRun>;
  if (kind !== 'container' || networkMode === 'host') return url;
  const [, before = '', host = '', after = ''] = parts.exec(url) ?? [];
  return isLoopback(host) ? `${before}host.docker.internal${after}` : url;
}

const parts = /^([a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?)(\[[^\]]*\]|[^:/?#]*)(.*)$/is;

function isLoopback(host: string): boolean {
  const url = `http://${host}`;
  // As servers read it: 127.1 and 0x7f000001 are 127.0.0.1 as well.
  const name = URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : '';
  return loopback.test(name);
}

// What a server says that listens everywhere, too.
const loopback =
  /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(7f[\da-f]{2}:[\da-f]{1,4}|0:0)\])$/;
