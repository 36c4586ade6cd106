import type { Clock } from 'devservices/machine';
import type { ApiCall } from '../app/call.ts';
import { type Link, parentsOf } from '../app/call-chain.ts';
import type { ApiClient, ClientOptions } from '../client.ts';
import { createClient } from './create-client.ts';

export interface InProcessParts {
  readonly app: { fetch(request: Request, call: ApiCall): Promise<Response> };
  readonly clock: Clock;
  readonly options?: ClientOptions | undefined;
  /** The call that is being answered by whoever has this client. */
  readonly within?: Link | undefined;
}

/** A client without a socket; what is sent and what comes back goes through JSON all the same. */
export function createInProcessClient({ app, clock, options, within }: InProcessParts): ApiClient {
  return createClient({
    clock,
    options,
    send: ({ method, target, headers, body, acting }) =>
      app.fetch(
        new Request(`http://localhost${target}`, {
          method,
          headers,
          ...(body !== undefined && { body }),
        }),
        { acting, parents: parentsOf(within) },
      ),
  });
}
