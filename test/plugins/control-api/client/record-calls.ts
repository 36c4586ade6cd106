import { createFakeClock } from 'devservices/testing';
import type { ClientOptions } from '../../../../plugins/control-api/client.ts';
import { createClient } from '../../../../plugins/control-api/client/create-client.ts';
import type { Outgoing } from '../../../../plugins/control-api/client/outgoing.ts';

/** A client whose calls are only written down: the whole way is in the tests of the app. */
export function recordCalls(
  respond: () => Response = () => Response.json({}),
  options?: ClientOptions,
) {
  const sent: Outgoing[] = [];
  const clock = createFakeClock();
  const send = async (outgoing: Outgoing) => {
    sent.push(outgoing);
    return respond();
  };
  return { client: createClient({ send, clock, options }), sent, clock };
}

/** What cannot be called as it was written. */
export const invalid = 'DS_API_CALL_INVALID';
