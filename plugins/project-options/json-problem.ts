const deepest = 100;

/** Why a value is not JSON, or undefined where it is. Says nothing of what stands in it. */
export function findJsonProblem(value: unknown, depth = 0): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'object') return findProblemInside(value, depth);
  if (typeof value !== 'number') return `JSON has no ${typeof value}`;
  return Number.isFinite(value) ? undefined : 'JSON has finite numbers only';
}

function findProblemInside(value: object, depth: number): string | undefined {
  // A ring has no end, and is found out here too.
  if (depth === deepest) return `it is nested more than ${deepest} levels deep`;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      const problem = findJsonProblem(item, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (!isPlain(value)) return 'JSON has lists and plain objects only';
  for (const item of Object.values(value) as unknown[]) {
    // JSON leaves such a member out.
    const problem = item === undefined ? undefined : findJsonProblem(item, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
