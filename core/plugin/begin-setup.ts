/** What one plugin brings while it is set up. */
export interface Setup {
  /** Does it when the setup has succeeded, at once where it has, never where it failed. */
  later(keep: () => void): void;
  /** What a failed setup takes back. */
  undo(takeBack: () => void): void;
  keep(): void;
  drop(): void;
}

/** All or nothing: what a failing plugin had brought by then must not stay behind. */
export function beginSetup(): Setup {
  let state: 'open' | 'kept' | 'dropped' = 'open';
  const brought: (() => void)[] = [];
  const undos: (() => void)[] = [];
  return {
    later(keep) {
      if (state === 'kept') keep();
      else if (state === 'open') brought.push(keep);
    },
    undo(takeBack) {
      if (state === 'open') undos.push(takeBack);
      else if (state === 'dropped') takeBack();
    },
    keep() {
      state = 'kept';
      for (const keep of brought) keep();
    },
    drop() {
      state = 'dropped';
      for (const takeBack of undos) takeBack();
    },
  };
}
