import { AsyncLocalStorage } from 'node:async_hooks';
import type { DevServicesError } from 'devservices/machine';
import type { Principal } from '../principal.ts';
import type { Access } from '../route-spec.ts';

/** A call that is being answered: what is called within it can do no more than it may itself. */
export interface Link {
  readonly principal: Principal;
  /** For audit logs: `os:ada`, `user:ada`, `token:ci`. */
  readonly by: string;
  /** As it was said, or not. */
  readonly superuser: boolean | undefined;
  readonly sudo: boolean;
  readonly parents: readonly Link[];
  /** 1 of a call that nothing called. */
  readonly depth: number;
  /** Why it may not do this by itself, whatever is around it. Throws where that cannot be found out. */
  refusal(asked: Asked): Promise<DevServicesError | undefined>;
  /** Throws what refuses its principal by now. */
  look(): Promise<void>;
}

export interface Asked {
  /** `GET /services` */
  readonly key: string;
  readonly access: Access;
}

// Of the whole process: a call of another project's API is one within this call as well.
const current = new AsyncLocalStorage<Link>();

/** Runs what answers a call: every call that it makes, at any time, is one within that call. */
export function runWithin<T>(link: Link, work: () => T): T {
  return current.run(link, work);
}

/** Events whose making counts as part of that call, whoever reads them. */
export function keepWithin<T>(link: Link, events: AsyncIterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = runWithin(link, () => events[Symbol.asyncIterator]());
      return {
        next: () => runWithin(link, () => iterator.next()),
        return: (value) =>
          runWithin(
            link,
            () => iterator.return?.(value) ?? Promise.resolve({ done: true, value: undefined }),
          ),
      };
    },
  };
}

/** Within which calls a call is made: that of its client, where it has one, and the one that runs. */
export function parentsOf(bound: Link | undefined): readonly Link[] {
  const running = current.getStore();
  const found = [bound, running].filter((link) => link !== undefined);
  // Of two that are one within the other, the inner one knows the outer one. Whose client it is comes first.
  return [...new Set(found)].filter(
    (link) => !found.some((other) => other !== link && outerOf(other).has(link)),
  );
}

/** Every call within which this one is made. */
export function outerOf({ parents }: Pick<Link, 'parents'>): ReadonlySet<Link> {
  const all = new Set<Link>();
  for (const parent of parents) {
    all.add(parent);
    for (const outer of outerOf(parent)) all.add(outer);
  }
  return all;
}
