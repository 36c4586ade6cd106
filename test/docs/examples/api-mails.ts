import { defineErrors, definePlugin, entry, z } from 'devservices';
import { defineRoute, defineSpec } from 'devservices/plugins/control-api';

const mail = z.object({ id: z.int(), to: z.email(), subject: z.string() }).meta({ id: 'Mail' });

const listMails = defineSpec({
  method: 'GET',
  path: '/mails',
  tag: 'mail',
  summary: 'Mails that were caught',
  access: 'known',
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
  answer: {
    kind: 'json',
    description: 'The newest first',
    schema: z.object({ mails: z.array(mail) }),
  },
});

const removeMail = defineSpec({
  method: 'DELETE',
  path: '/mails/{id}',
  tag: 'mail',
  summary: 'Throws a mail away',
  access: { permission: 'mail.drop' },
  params: z.object({ id: z.coerce.number().int() }),
  answer: { kind: 'nothing', description: 'It is gone' },
  problems: { DS_MAIL_UNKNOWN: 404 },
});

// So that clients know their types.
declare module 'devservices/plugins/control-api' {
  interface AddedRoutes {
    'GET /mails': typeof listMails;
    'DELETE /mails/{id}': typeof removeMail;
  }
}

const errors = defineErrors({
  DS_MAIL_UNKNOWN: entry<{ id: number }>({
    blame: 'user',
    title: 'There is no such mail',
    message: ({ id }) => `There is no mail ${id}.`,
    hint: () => '`GET /mails` lists those that there are.',
  }),
});

/** Mails over the API. */
export const mails = definePlugin({
  name: 'mails',
  setup({ extend }) {
    const caught = new Map([[1, { id: 1, to: 'ada@example.com', subject: 'Hello' }]]);
    extend('permissions', (names) =>
      names.declare({ name: 'mail.drop', description: 'Throws mails away' }),
    );
    extend('api', (api) =>
      api.add(
        defineRoute(listMails, ({ query }) => ({
          mails: [...caught.values()].toReversed().slice(0, query.limit),
        })),
        defineRoute(removeMail, ({ params: { id } }) => {
          if (!caught.delete(id)) throw errors.create('DS_MAIL_UNKNOWN', { id });
        }),
      ),
    );
  },
});
