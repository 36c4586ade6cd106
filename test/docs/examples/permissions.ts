import { defineConfig, z } from 'devservices';
import { permissions } from 'devservices/plugins/permissions';
import { projectOptions } from 'devservices/plugins/project-options';
import { store } from 'devservices/plugins/store';

export default defineConfig({
  services: {},
  plugins: [
    store(),
    permissions({ declare: [{ name: 'mail.read', description: 'Reads all mail' }] }),
    projectOptions({
      declare: [{ key: 'mail.from', schema: z.email(), default: 'dev@localhost.test' }],
    }),
  ],
});
