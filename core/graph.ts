/** Names and what each of them needs first. */
export type Edges = Readonly<Record<string, readonly string[]>>;

/**
 * The first ring of names that need one another, closed (`['a', 'b', 'a']`), or undefined.
 * Names that are not in `edges` are passed over.
 */
export function findCycle(edges: Edges): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): string[] | undefined => {
    if (done.has(name) || !Object.hasOwn(edges, name)) return undefined;
    const start = path.indexOf(name);
    if (start >= 0) return [...path.slice(start), name];
    path.push(name);
    for (const need of edges[name] ?? []) {
      const ring = visit(need);
      if (ring) return ring;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(edges)) {
    const ring = visit(name);
    if (ring) return ring;
  }
  return undefined;
}

/** All names with needs first, otherwise in the given order. Expects no cycle. */
export function topologicalOrder(edges: Edges): string[] {
  const order = new Set<string>();
  const visit = (name: string): void => {
    if (order.has(name) || !Object.hasOwn(edges, name)) return;
    for (const need of edges[name] ?? []) visit(need);
    order.add(name);
  };
  for (const name of Object.keys(edges)) visit(name);
  return [...order];
}

/** The edges turned round: who needs each name. */
export function reverseEdges(edges: Edges): Record<string, string[]> {
  const reversed: Record<string, string[]> = Object.fromEntries(
    Object.keys(edges).map((name) => [name, []]),
  );
  for (const [name, needs] of Object.entries(edges)) {
    for (const need of needs) if (Object.hasOwn(reversed, need)) reversed[need]?.push(name);
  }
  return reversed;
}
