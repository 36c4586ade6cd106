import type { DevServicesError } from 'devservices/machine';

/** One kind of trouble that comes again and again: said when it begins. */
export interface Trouble {
  tell(error: DevServicesError): void;
  isOver(): void;
  /** Does something that may fail, and tells what `explain` makes of its failure. */
  watch(work: () => void, explain: (thrown: unknown) => DevServicesError): void;
}

export function createTrouble(onTrouble: (error: DevServicesError) => void): Trouble {
  let isTold = false;
  const tell = (error: DevServicesError): void => {
    if (!isTold) onTrouble(error);
    isTold = true;
  };
  const isOver = (): void => {
    isTold = false;
  };
  return {
    tell,
    isOver,
    watch(work, explain) {
      try {
        work();
        isOver();
      } catch (thrown) {
        tell(explain(thrown));
      }
    },
  };
}
