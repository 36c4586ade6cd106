import { ApiError } from '../../../../plugins/control-api/client/api-error.ts';

/** `403 DS_API_FORBIDDEN` of a call that is refused; throws where it is not. */
export async function refused(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof ApiError) return `${thrown.status} ${thrown.code}`;
    throw thrown;
  }
  throw new Error('it was not refused');
}
