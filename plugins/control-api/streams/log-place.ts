import { z } from 'devservices';
import { apiErrors } from '../errors.ts';

/** A place in several logs; instants are nanoseconds since the epoch. */
export interface LogPlace {
  /** Services that are not in it have no line before. */
  from: bigint | undefined;
  services: Map<string, SeenService>;
}

export interface SeenService {
  /** Its first line: a stream that is not in it has none before. */
  first: bigint;
  stdout?: SeenMoment;
  stderr?: SeenMoment;
}

/** The last moment of which a stream has lines, and how many were given; `all`: whoever counts would not know. */
export interface SeenMoment {
  at: bigint;
  lines: number | 'all';
}

const instant = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform((text) => BigInt(text));
const moment = z
  .tuple([instant, z.int().min(0)])
  .transform(([at, lines]): SeenMoment => ({ at, lines: lines === 0 ? 'all' : lines }));
const written = z.strictObject({
  v: z.literal(1),
  f: instant.optional(),
  s: z.record(
    z.string(),
    z.strictObject({ f: instant, o: moment.optional(), e: moment.optional() }),
  ),
});

/** As an id, which readers need not understand. */
export function encodePlace({ from, services }: LogPlace): string {
  const moments = ({ at, lines }: SeenMoment) => [`${at}`, lines === 'all' ? 0 : lines];
  const entries = [...services].map(([name, { first, stdout, stderr }]) => [
    name,
    {
      f: `${first}`,
      ...(stdout && { o: moments(stdout) }),
      ...(stderr && { e: moments(stderr) }),
    },
  ]);
  const json = {
    v: 1,
    ...(from !== undefined && { f: `${from}` }),
    s: Object.fromEntries(entries),
  };
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}

/** Throws DS_API_CURSOR_INVALID. */
export function decodePlace(id: string): LogPlace {
  const parsed = written.safeParse(parse(id));
  if (!parsed.success) throw apiErrors.create('DS_API_CURSOR_INVALID', { key: 'GET /logs' });
  const { f, s } = parsed.data;
  const services = Object.entries(s).map(([name, { f: first, o, e }]): [string, SeenService] => [
    name,
    { first, ...(o && { stdout: o }), ...(e && { stderr: e }) },
  ]);
  return { from: f, services: new Map(services) };
}

function parse(id: string): unknown {
  try {
    // What is no base64url is passed over by Buffer, and would be taken for something else.
    return /^[\w-]+$/.test(id) ? JSON.parse(Buffer.from(id, 'base64url').toString()) : undefined;
  } catch {
    return undefined;
  }
}
