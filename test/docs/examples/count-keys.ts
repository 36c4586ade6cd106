import { defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'count-keys',
  description: 'Counts the keys in Redis',
  needs: ['up'],
  async run({ $, log }) {
    const { stdout } = await $`redis-cli -u $REDIS_URL dbsize`;
    log.info(`Redis has ${stdout.trim()} keys.`);
  },
});
