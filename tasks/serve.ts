import { defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'serve',
  description: 'Serves the control API of this project, until Ctrl-C',
  endsByInterrupt: true,
  args: {
    port: {
      kind: 'option',
      value: 'PORT',
      number: true,
      description: 'Listens there; default: any port that is free',
    },
    host: {
      kind: 'option',
      value: 'ADDRESS',
      description: 'Listens on another address than 127.0.0.1; needs TLS or --insecure',
    },
    tlsCert: { kind: 'option', value: 'FILE', description: 'Certificate, as PEM' },
    tlsKey: { kind: 'option', value: 'FILE', description: 'Its key, as PEM' },
    insecure: {
      kind: 'flag',
      description: 'Takes another address without TLS: others can read what is sent, the token too',
    },
  },
  async run({ host, args, log, use }) {
    const api = await use('api');
    const { url, token, closed } = await api.listen({
      port: args.port,
      host: args.host,
      tls: { cert: args.tlsCert, key: args.tlsKey },
      insecure: args.insecure,
    });
    host.events.emit({ event: 'serving', url, token });
    log.info(
      'Who sends the token (behind the #) as `Authorization: Bearer` can do what you can. It ends with Ctrl-C.',
    );
    await closed;
  },
});
