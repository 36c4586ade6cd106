import { defineConfig } from 'devservices';
import { workstations } from 'devservices/plugins/workstations';

export default defineConfig({
  services: {},
  plugins: [
    workstations({
      gcloud: { project: 'shop-dev', region: 'europe-west4', config: 'large' },
      // It is ready when its start script has left its mark.
      ready: { command: ['test', '-f', '.ready'] },
    }),
  ],
});
