import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Checkout, createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';

const engine = await ensureEngine();

/** A copy of an example, `devservices` being a package of it. */
function copyExample(name: string): Checkout {
  const checkout = createCheckout(engine);
  cpSync(join(import.meta.dirname, '../../examples', name), checkout.root, { recursive: true });
  return checkout;
}

test.skipIf(engine === null)(
  'the example of Sentry says what it would start, and starts what is named',
  async () => {
    await using example = copyExample('sentry');
    const project = ['--project', example.root.split('/').at(-1) ?? ''];
    const dry = await example.task('up', [
      ...project,
      '--dry-run',
      '--ports',
      'reassign',
      '--json',
    ]);
    const made = dry.json.find(({ event }) => event === 'plan-made');
    expect(dry).toMatchObject({ exitCode: 0 });
    expect(Object.keys(made?.['services'] as object).toSorted()).toEqual([
      'clickhouse',
      'postgres',
      'redis',
      'snuba',
    ]);
    expect(await example.containers()).toEqual({});

    const [port] = await freePorts(1);
    const own = [
      `services.redis.run.docker.image=${engine?.images.redis}`,
      `services.redis.ports.redis.host=${port}`,
    ];
    const up = await example.task('up', [
      'redis',
      ...project,
      ...own.flatMap((one) => ['--set', one]),
      '--offline',
      '--json',
    ]);
    expect(up.finished).toMatchObject({ errors: [], services: { redis: { state: 'ready' } } });
    expect(Object.keys(await example.containers())).toEqual(['redis']);
  },
);
