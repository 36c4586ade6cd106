import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { type Checkout, createCheckout } from '../test/rig/checkout.ts';
import { composeBinary } from '../test/rig/compose-binary.ts';
import type { TestEngine } from '../test/rig/engine/ensure-engine.ts';
import { freePorts } from '../test/rig/free-ports.ts';
import type { PackedCheckout } from '../test/rig/packed-checkout.ts';
import { assertDone } from './assert-done.ts';
import { chainCompose, chainConfig } from './chain.ts';
import { type Contestant, measureInTurns, type Times } from './measure.ts';
import { createRow, type Row, type Skipped } from './row.ts';
import { bareNode } from './start-up.ts';

const repo = resolve(import.meta.dirname, '..');
const tsx = join(
  dirname(createRequire(import.meta.url).resolve('tsx/package.json')),
  'dist/cli.mjs',
);

/** One way to bring the chain up, and to be rid of it again. */
interface Way {
  readonly name: string;
  up(): Promise<void>;
  /** Says how it is used. */
  help(): Promise<void>;
  /** The same without waiting for anything, where that can be left out. */
  upAtOnce?(): Promise<void>;
  remove(): Promise<void>;
}

/** An `up` with nothing to do, and one of a chain of four from nothing, beside docker compose. */
export async function measureUp(
  { engine, checkout }: { engine: TestEngine; checkout: PackedCheckout },
  runs: { noop: number; cold: number },
): Promise<{ rows: Row[]; skipped: Skipped[] }> {
  const sources = createCheckout(engine);
  const packed = await packedWay(checkout, engine);
  const tasks = await tsxWay(sources, engine);
  const compose = await composeWay(checkout, engine);
  const peers = compose ? [compose] : [];
  const ways = [packed, tasks, ...peers];
  try {
    for (const way of ways) await way.up();
    const cold = await measureInTurns([bareNode, ...ways.map(fromNothing)], {
      runs: runs.cold,
      isWarm: true,
    });
    // The last of those left everything up.
    const idle = [...ways.map(withNothingToDo), ...peers.map(withNothingToWaitFor)];
    const noop = await measureInTurns([bareNode, ...idle], { runs: runs.noop });
    const help = await measureInTurns([bareNode, ...ways.map(forHelp)], { runs: runs.noop });
    const ours = [packed, tasks];
    const beside = (times: Times, of: (way: Way) => Contestant, more: Contestant[] = []) =>
      [bareNode, ...peers.map(of), ...more].flatMap(({ name: peer }) =>
        ours.map((way) => createRow(times, { subject: of(way).name, peer })),
      );
    return {
      rows: [
        ...beside(help, forHelp),
        ...beside(noop, withNothingToDo, peers.map(withNothingToWaitFor)),
        ...beside(cold, fromNothing),
      ],
      skipped: compose ? [] : [{ what: 'everything beside docker compose', reason: noCompose }],
    };
  } finally {
    await Promise.all(ways.map((way) => way.remove()));
    await sources[Symbol.asyncDispose]();
  }
}

const noCompose = 'no binary of docker compose could be had';

function forHelp(way: Way): Contestant {
  return { name: `${way.name} --help`, run: () => way.help() };
}

function withNothingToDo(way: Way): Contestant {
  return { name: `${way.name}, nothing to do`, run: () => way.up() };
}

function withNothingToWaitFor(way: Way): Contestant {
  return { name: `${way.name} without --wait, nothing to do`, run: way.upAtOnce ?? way.up };
}

function fromNothing(way: Way): Contestant {
  return {
    name: `${way.name}, four in a row from nothing`,
    prepare: () => way.remove(),
    run: () => way.up(),
  };
}

async function packedWay(checkout: PackedCheckout, engine: TestEngine): Promise<Way> {
  await writeChain(checkout, engine);
  const bin = async (...args: string[]) => assertDone(await checkout.bin(args));
  return {
    name: 'devservices up',
    up: () => bin('up'),
    help: () => bin('up', '--help'),
    remove: () => bin('down'),
  };
}

async function tsxWay(checkout: Checkout, engine: TestEngine): Promise<Way> {
  await writeChain(checkout, engine);
  const task = async (name: string, ...args: string[]) =>
    assertDone(
      await checkout.run([process.execPath, tsx, join(repo, 'tasks', `${name}.ts`), ...args]),
    );
  return {
    name: 'tsx tasks/up.ts',
    up: () => task('up'),
    help: () => task('up', '--help'),
    remove: () => task('down'),
  };
}

async function composeWay(checkout: Checkout, { images }: TestEngine): Promise<Way | undefined> {
  const binary = await composeBinary();
  if (binary === null) return undefined;
  const [sql, redis] = await freePorts(2);
  checkout.write({ 'compose.yaml': chainCompose({ images, ports: { sql, redis } }) });
  const project = `bench-${basename(checkout.outside).toLowerCase()}`;
  const compose = async (...args: string[]) =>
    assertDone(await checkout.run([binary, '--project-name', project, ...args]));
  return {
    name: 'docker compose up',
    up: () => compose('up', '--detach', '--wait'),
    help: () => compose('up', '--help'),
    upAtOnce: () => compose('up', '--detach'),
    remove: () => compose('down', '--volumes', '--timeout', '2'),
  };
}

async function writeChain(checkout: Checkout, { images }: TestEngine): Promise<void> {
  const [sql, redis] = await freePorts(2);
  checkout.write({ 'devservices.config.ts': chainConfig({ images, ports: { sql, redis } }) });
}
