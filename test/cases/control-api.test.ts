import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientSuite } from '../plugins/control-api/client-suite.ts';
import { streamSuite } from '../plugins/control-api/stream-suite.ts';
import { type ApiGround, openInProcess, openServed } from '../rig/api-grounds.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { nothing } from '../rig/process-checkout.ts';

const engine = await ensureEngine();
const ways = { 'in-process': openInProcess, 'over HTTP, of `devservices serve`': openServed };

describe.skipIf(engine === null)('the control API on containers and processes', () => {
  if (!engine) return;
  describe.each(Object.entries(ways))('%s', (_, open) => {
    let ground: ApiGround;
    beforeAll(async () => {
      ground = await open(engine);
    });
    afterAll(() => ground?.close());

    test.each(Object.entries({ ...clientSuite, ...streamSuite }))('%s', async (_title, run) => {
      expect.hasAssertions();
      await run(ground);
    });

    test('nothing is left when each service was stopped', async () => {
      const owner = ground.client({ as: 'owner' });
      for (const name of ['web', 'slow', 'broken', 'db']) {
        await owner.post('/services/{name}/stop', { params: { name } });
      }
      expect(await ground.lives()).toEqual({});
      expect(await ground.checkout.containers()).toEqual({});
      expect(ground.checkout.left().processes).toEqual(nothing.processes);
    });
  });
});
