import { defineTask } from 'devservices';
import type { ControlApi } from 'devservices/plugins/control-api';

export default defineTask(import.meta, {
  name: 'names',
  description: 'Says which services there are',
  async run({ use, log }) {
    const api: ControlApi = await use('api');
    const client = api.client({ as: 'owner' });
    const { body } = await client.get('/services');
    log.info(body.services.map(({ name, state }) => `${name} is ${state}`).join(', '));
  },
});
