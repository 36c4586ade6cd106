import { describe, expect, test } from 'vitest';
import { resolveEngineAddress } from '../../../../plugins/docker/engine/engine-address.ts';

const resolve = (text: string, tls?: object) => resolveEngineAddress(text, { way: 'test', tls });

describe('addresses of engines', () => {
  test.each([
    ['unix:///run/docker.sock', { kind: 'socket', path: '/run/docker.sock' }],
    ['/run/docker.sock', { kind: 'socket', path: '/run/docker.sock' }],
    ['tcp://10.0.0.7', { kind: 'tcp', host: '10.0.0.7', port: 2375 }],
    ['box:4000', { kind: 'tcp', host: 'box', port: 4000 }],
    ['tcp://[::1]:4000', { kind: 'tcp', host: '::1', port: 4000 }],
    ['http://box:80', { kind: 'tcp', port: 80 }],
    ['https://box:4000', { kind: 'tcp', port: 4000, tls: {}, url: 'https://box:4000' }],
  ])('%s', (text, address) => {
    expect(resolve(text)).toMatchObject(address);
  });

  test('tcp with certificates has the port that goes with them', () => {
    const address = resolve('tcp://box', { ca: 'x' });
    expect(address).toMatchObject({ port: 2376, tls: { ca: 'x' } });
  });

  test.each(['unix://relative.sock', 'ftp://box', 'tcp://', 'tcp://a b', 'unix://'])(
    '%s is a problem, not a crash',
    (text) => expect(resolve(text)).toHaveProperty('problem'),
  );

  test('a socket path that the kernel would cut is refused', () => {
    expect(resolve(`unix:///${'x'.repeat(120)}`)).toHaveProperty('problem');
  });
});
