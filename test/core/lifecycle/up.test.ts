import { expect, test } from 'vitest';
import { container } from '../../../core/run/run.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';

const image = () => container({ image: 'x' });

test('a chain of four: each start request follows its dependency’s ready event with nothing between', async () => {
  const [a, b, c, d] = await freePorts(4);
  await using host = createTestHost({
    config: {
      services: {
        d: { run: image(), ports: { p: d }, dependsOn: ['c'] },
        c: { run: image(), ports: { p: c }, dependsOn: ['b'] },
        b: { run: image(), ports: { p: b }, dependsOn: ['a'] },
        a: { run: image(), ports: { p: a } },
      },
    },
  });
  const { services, errors } = await host.up();
  expect(errors).toEqual([]);
  expect(Object.values(services).map(({ state, action }) => [state, action])).toEqual(
    Array.from({ length: 4 }, () => ['ready', 'created']),
  );
  const told = host.events.map((event) =>
    event.event === 'service-state' ? `${event.state} ${event.service}` : event.event,
  );
  for (const [need, dependant] of [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'd'],
  ]) {
    expect(told[told.indexOf(`ready ${need}`) + 1]).toBe(`starting ${dependant}`);
  }
});
