import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Checkout, createCheckout, type Ran, type RunOptions } from './checkout.ts';
import type { TestEngine } from './engine/ensure-engine.ts';
import { copyInstalled, packPackage } from './packed.ts';

/** A repo that has the packed package installed, as a stranger's has. */
export interface PackedCheckout extends Checkout {
  /** `node_modules/.bin/devservices`. */
  readonly linked: string;
  bin(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Which of the files `*.imported` and `*.ran` there are on top of the repo, sorted. */
  traces(): string[];
  forgetTraces(): void;
}

/** Installs what `packPackage` gives into a repo of its own; without an engine none can be reached. */
export async function createPackedCheckout(engine: TestEngine | null): Promise<PackedCheckout> {
  const packed = await packPackage();
  const checkout = createCheckout(engine);
  copyInstalled(packed, checkout.root);
  const linked = join(checkout.root, 'node_modules/.bin/devservices');
  if (!existsSync(linked)) throw new Error(`npm made no ${linked}.`);
  const traces = (): string[] =>
    readdirSync(checkout.root)
      .filter((name) => /\.(imported|ran)$/.test(name))
      .toSorted();
  return {
    ...checkout,
    linked,
    bin: (args, options) => checkout.run([linked, ...args], options),
    traces,
    forgetTraces() {
      for (const name of traces()) rmSync(join(checkout.root, name));
    },
  };
}
