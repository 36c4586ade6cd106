import { defineConfig } from 'devservices';
import { controlApi } from 'devservices/plugins/control-api';
import { permissions } from 'devservices/plugins/permissions';
import { projectOptions } from 'devservices/plugins/project-options';
import { store } from 'devservices/plugins/store';

export default defineConfig({
  services: {},
  plugins: [store(), permissions(), projectOptions(), controlApi()],
});
