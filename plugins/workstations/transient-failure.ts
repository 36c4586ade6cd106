/** A look that failed and may do better in a while: asked too often, a server's fault, no answer. */
export class TransientFailure extends Error {
  override readonly name = 'TransientFailure';

  /** `reason` in words; `cause` is the whole failure, thrown where it does not pass in time. */
  constructor(reason: string, cause: unknown) {
    super(reason, { cause });
  }
}
