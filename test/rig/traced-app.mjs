// A service as an application is one: it sends how it began, as a part of the trace that it was started
// with, then answers on PORT with the variables of Sentry that it has.
import { createServer } from 'node:http';
import { continueTrace, createTransport, setCurrentClient, startSpan } from '@sentry/core';
import { ServerRuntimeClient } from '@sentry/core/server';

const { PORT, SENTRY_DSN, SENTRY_RELEASE, SENTRY_ENVIRONMENT, SENTRY_TRACE, SENTRY_BAGGAGE } =
  process.env;

const client = new ServerRuntimeClient({
  dsn: SENTRY_DSN,
  release: SENTRY_RELEASE,
  environment: SENTRY_ENVIRONMENT,
  tracesSampleRate: 1,
  // A transaction with its spans in it, as most SDKs send it.
  traceLifecycle: 'static',
  integrations: [],
  stackParser: () => [],
  transport: (options) =>
    createTransport(options, async ({ body }) => {
      const { status } = await fetch(options.url, { method: 'POST', body });
      return { statusCode: status };
    }),
});
setCurrentClient(client);
client.init();
continueTrace({ sentryTrace: SENTRY_TRACE, baggage: SENTRY_BAGGAGE }, () =>
  startSpan({ name: 'boot', op: 'app.boot' }, () => startSpan({ name: 'load' }, () => {})),
);
await client.flush(10_000);

const own = Object.entries(process.env).filter(([name]) => /^(SENTRY|OTEL)_/.test(name));
createServer((_, answer) => answer.end(JSON.stringify(Object.fromEntries(own)))).listen(
  Number(PORT),
  '127.0.0.1',
);
