import { createTestHost } from 'devservices/testing';
import { expect, test } from 'vitest';
import { mailpit } from './mailpit.ts';

test('says where the mail page is, once it is there', async () => {
  await using host = createTestHost({ config: { plugins: [mailpit({ uiPort: 18_025 })] } });
  const { services } = await host.up({ ports: 'reassign' });
  expect(services['mailpit']).toMatchObject({ state: 'ready', action: 'created' });
  const port = services['mailpit']?.endpoints['ui']?.port;
  const said = host.events.flatMap((event) => (event.event === 'message' ? event.text : []));
  expect(said).toContain(`Mail page: http://127.0.0.1:${port}`);
});
