import { join } from 'node:path';
import { packPackage } from './packed.ts';

/** Where `createCheckout` finds the package that its tasks run from; without it they run the sources. */
export const packageVariable = 'DEVSERVICES_TEST_PACKAGE';

/** Cases run what is published: it starts in a quarter of the time that the sources take. */
export default async function usePacked(): Promise<void> {
  process.env[packageVariable] = join(await packPackage(), 'node_modules/devservices');
}
