import type { DevServicesEvent } from 'devservices';
import { capSpans, type Node, type Span, spanOf, straighten } from './span-tree.ts';

/** Where ids come from. */
export interface SpanIds {
  traceId: string;
  rootSpanId: string;
  spanIdOf(service: string): string;
  newSpanId(): string;
}

/** A task's time and what it was spent on. */
export interface BuiltSpans {
  startMs: number;
  endMs: number;
  /** In the order in which they began; at most 1,000. */
  spans: readonly Span[];
  /** Of those that were left out. */
  dropped: number;
}

const mostSpans = 1000;

/**
 * Makes spans of what happened: one for each phase, tap, pull and service, the children of a service
 * below it. What never ended lasts to the end, as `cancelled`. Pure.
 */
export function buildSpans(events: readonly DevServicesEvent[], ids: SpanIds): BuiltSpans {
  const times = events.map(({ at }) => Date.parse(at));
  const startMs = times[0] ?? 0;
  const root: Node = {
    id: ids.rootSpanId,
    parent: undefined,
    op: 'task',
    description: '',
    startMs,
    // A clock that was set back must not have it end before it began.
    endMs: times.reduce((latest, time) => Math.max(latest, time), startMs),
    status: 'ok',
    data: {},
  };
  const tree = createTree(root, ids);
  for (const event of events) tree.add(event, Math.max(Date.parse(event.at), startMs));
  const nodes = tree.nodes.toSorted((a, b) => a.startMs - b.startMs);
  straighten(root, nodes);
  const kept = capSpans(root, nodes, mostSpans);
  return {
    startMs,
    endMs: root.endMs ?? startMs,
    spans: kept.map((node) => spanOf(node, root, ids.traceId)),
    dropped: nodes.length - kept.length,
  };
}

function createTree(root: Node, ids: SpanIds) {
  const nodes: Node[] = [];
  const open: { key: string; node: Node; isTasks: boolean }[] = [];
  const services = new Map<string, Node>();
  const states = new Map<string, { state: string; atMs: number }>();
  const failedTaps = new Set<string>();

  const grow = (node: Pick<Node, 'op' | 'description' | 'startMs'> & Partial<Node>): Node => {
    const grown: Node = {
      id: ids.newSpanId(),
      parent: root,
      endMs: undefined,
      status: 'cancelled',
      data: {},
      ...node,
    };
    nodes.push(grown);
    return grown;
  };
  const innermost = (): Node => open.findLast(({ isTasks }) => isTasks)?.node ?? root;
  const serviceOf = (service: string, startMs: number): Node => {
    const known = services.get(service);
    if (known) return known;
    const id = ids.spanIdOf(service);
    const parent = innermost();
    const made = grow({ id, parent, op: 'service', description: service, startMs });
    services.set(service, made);
    return made;
  };
  // What is known by its end and how long it took.
  const growBack = (
    node: Pick<Node, 'op' | 'description' | 'status' | 'data'>,
    time: { endMs: number; elapsedMs: number },
    below: Node,
  ): void => {
    const startMs = Math.max(root.startMs, time.endMs - time.elapsedMs);
    // Lengths are rounded: a tap that began with its phase did not begin before it.
    const parent = startMs < below.startMs - 1 ? (below.parent ?? root) : below;
    grow({ ...node, parent, startMs: Math.max(startMs, parent.startMs), endMs: time.endMs });
  };
  const endPhase = (
    event: Extract<DevServicesEvent, { event: 'phase-ended' }>,
    atMs: number,
  ): void => {
    const key = keyOf(event);
    const startMs = atMs - event.elapsedMs;
    const [found] = open
      .filter((each) => each.key === key)
      .toSorted((a, b) => Math.abs(a.node.startMs - startMs) - Math.abs(b.node.startMs - startMs));
    if (!found) return;
    open.splice(open.indexOf(found), 1);
    found.node.endMs = atMs;
    found.node.status = event.ok ? 'ok' : 'internal_error';
  };

  const addState = (
    { service, state, runner }: Extract<DevServicesEvent, { event: 'service-state' }>,
    atMs: number,
  ): void => {
    const node = serviceOf(service, atMs);
    const before = states.get(service);
    // How long each state lasted is a measurement of the service's span.
    if (before) node.data[`${before.state}_ms`] = atMs - before.atMs;
    states.set(service, { state, atMs });
    Object.assign(node.data, { state }, runner === '' ? {} : { runner });
    if (!isEnd(state)) return;
    node.endMs = atMs;
    node.status = ends[state];
  };

  return {
    nodes,
    add(event: DevServicesEvent, atMs: number): void {
      if (event.event === 'phase-started') {
        const { phase, service } = event;
        const parent = service === undefined ? innermost() : serviceOf(service, atMs);
        const data = { phase, ...(service === undefined ? {} : { service }) };
        const node = grow({ op: 'phase', description: phase, startMs: atMs, parent, data });
        open.push({ key: keyOf(event), node, isTasks: service === undefined });
      } else if (event.event === 'phase-ended') {
        endPhase(event, atMs);
      } else if (event.event === 'hook-failed') {
        failedTaps.add(`${event.plugin} ${event.hook}`);
      } else if (event.event === 'hook-ended') {
        const { plugin, hook, elapsedMs } = event;
        const service = /^serviceReady\((.+)\)$/.exec(hook)?.[1];
        const description = `${plugin} ${hook}`;
        const status = failedTaps.delete(description) ? 'internal_error' : 'ok';
        const below =
          service === undefined
            ? innermost()
            : serviceOf(service, Math.max(root.startMs, atMs - elapsedMs));
        const node = { op: 'hook', description, status, data: { plugin, hook } } as const;
        growBack(node, { endMs: atMs, elapsedMs }, below);
      } else if (event.event === 'image-progress') {
        const { elapsedMs, status: result } = event;
        if (elapsedMs === undefined) return;
        const status = result === 'not pulled' ? 'unavailable' : 'ok';
        const description = withoutTag(event.image);
        growBack(
          { op: 'pull', description, status, data: { result } },
          { endMs: atMs, elapsedMs },
          innermost(),
        );
      } else if (event.event === 'service-state') {
        addState(event, atMs);
      }
    },
  };
}

const ends = {
  ready: 'ok',
  completed: 'ok',
  skipped: 'ok',
  stopped: 'ok',
  failed: 'internal_error',
} as const;

function isEnd(state: string): state is keyof typeof ends {
  return Object.hasOwn(ends, state);
}

function keyOf({ phase, service = '' }: { phase: string; service?: string }): string {
  return `${phase}\0${service}`;
}

/** `registry.example.org:5000/app/web` of an image with a tag and a digest. */
function withoutTag(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}
