/** A span as it grows out of events; milliseconds since the epoch. */
export interface Node {
  id: string;
  parent: Node | undefined;
  op: 'task' | 'phase' | 'hook' | 'pull' | 'service';
  description: string;
  startMs: number;
  /** Undefined while it lasts. */
  endMs: number | undefined;
  status: string;
  data: Record<string, string | number | boolean>;
}

/** A span in the words of Sentry; seconds since the epoch. */
export interface Span {
  span_id: string;
  parent_span_id: string;
  trace_id: string;
  op: string;
  description: string;
  start_timestamp: number;
  timestamp: number;
  status: string;
  origin: 'manual';
  data: Readonly<Record<string, string | number | boolean>>;
}

/** Has every parent enclose its children: one that does not is none. Services grow over what is theirs. */
export function straighten(root: Node, nodes: readonly Node[]): void {
  for (const node of nodes) {
    node.endMs = Math.max(node.endMs ?? root.endMs ?? node.startMs, node.startMs);
    const { parent } = node;
    if (parent?.op !== 'service') continue;
    parent.startMs = Math.min(parent.startMs, node.startMs);
    // One that lasts to the end is told so below.
    if (parent.endMs !== undefined) parent.endMs = Math.max(parent.endMs, node.endMs);
  }
  for (const node of nodes) {
    while (node.parent && node.parent !== root && !encloses(node.parent, node)) {
      node.parent = node.parent.parent;
    }
  }
}

/** At most so many, the ones that explain most; children of others hang where those hung. */
export function capSpans(root: Node, nodes: readonly Node[], most: number): readonly Node[] {
  if (nodes.length <= most) return nodes;
  const ranks: Readonly<Record<Node['op'], number>> = {
    task: 0,
    service: 1,
    phase: 2,
    pull: 3,
    hook: 4,
  };
  const kept = new Set(nodes.toSorted((a, b) => ranks[a.op] - ranks[b.op]).slice(0, most));
  for (const node of kept) {
    while (node.parent && node.parent !== root && !kept.has(node.parent)) {
      node.parent = node.parent.parent;
    }
  }
  return nodes.filter((node) => kept.has(node));
}

export function spanOf({ id, parent, ...node }: Node, root: Node, traceId: string): Span {
  return {
    span_id: id,
    parent_span_id: (parent ?? root).id,
    trace_id: traceId,
    op: node.op,
    description: node.description,
    start_timestamp: node.startMs / 1000,
    timestamp: (node.endMs ?? node.startMs) / 1000,
    status: node.status,
    origin: 'manual',
    data: node.data,
  };
}

function encloses(parent: Node, { startMs, endMs = startMs }: Node): boolean {
  return parent.startMs <= startMs && endMs <= (parent.endMs ?? endMs);
}
