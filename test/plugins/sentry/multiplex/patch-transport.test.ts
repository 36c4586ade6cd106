import { expect, test } from 'vitest';
import { patchTransportForInstrumentation } from '../../../../plugins/sentry/multiplex/patch-transport.ts';

function counter() {
  const counted: string[] = [];
  return { counted, metrics: { incr: (key: string) => void counted.push(key) } };
}

test('each attempt is counted before it is made, and goes on as it was', async () => {
  const { counted, metrics } = counter();
  const transport = {
    name: 'mine',
    send(body: string, more: number) {
      counted.push(`sent by ${this.name}: ${body} ${more}`);
      return Promise.reject(new Error('unreachable'));
    },
  };
  patchTransportForInstrumentation(transport, 'upstream', metrics);
  await expect(transport.send('a', 1)).rejects.toThrow('unreachable');
  expect(counted).toEqual(['internal.sent_requests.upstream.events', 'sent by mine: a 1']);
});

test('a transport that is patched twice counts once', () => {
  const { counted, metrics } = counter();
  const transport = { send: () => 'answer' };
  patchTransportForInstrumentation(transport, 'relay', metrics);
  patchTransportForInstrumentation(transport, 'relay', metrics);
  expect(transport.send()).toBe('answer');
  expect(counted).toEqual(['internal.sent_requests.relay.events']);
});

test('what cannot send is left alone', () => {
  const { metrics } = counter();
  const transports = [undefined, {}, { send: 'by post' }, Object.freeze({ flush: () => true })];
  for (const transport of transports) {
    const before = { ...transport };
    patchTransportForInstrumentation(transport, 'relay', metrics);
    expect({ ...transport }).toEqual(before);
  }
});
