import { container, definePlugin, ready, z } from 'devservices';

/** Catches every mail that the app sends, and shows it on a local page. */
export const mailpit = definePlugin({
  name: 'mailpit',
  options: z.object({
    image: z.string().default('axllent/mailpit:v1.20'),
    uiPort: z.number().int().default(8025),
  }),
  setup({ options, services, hooks, log }) {
    services.add('mailpit', {
      run: container({ image: options.image }),
      ports: { smtp: 1025, ui: { container: 8025, host: options.uiPort } },
      ready: ready.port(),
      exports: ({ address }) => ({ SMTP_URL: `smtp://${address('smtp')}` }),
    });
    hooks.serviceReady.for('mailpit').tap('mailpit', ({ endpoints }) => {
      log.info(`Mail page: http://${endpoints['ui']?.host}:${endpoints['ui']?.port}`);
    });
  },
});
