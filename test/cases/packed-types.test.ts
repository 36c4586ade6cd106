import { createRequire } from 'node:module';
import { afterAll, describe, expect, test } from 'vitest';
import { createPackedCheckout } from '../rig/packed-checkout.ts';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** What a stranger writes; each expected error would be missing if a type were `any`. */
const consumer = `
import { container, defineConfig, definePlugin, defineTask, ready, z } from 'devservices';
import { createTestHost } from 'devservices/testing';
import type { Runner } from 'devservices/runner';
import { docker } from 'devservices/plugins/docker';
import up from 'devservices/tasks/up';

declare module 'devservices' {
  interface Contracts {
    greeting: { word: string };
  }
  interface ServiceFields {
    backup?: { every: string };
  }
}

export const mailpit = definePlugin({
  name: 'mailpit',
  options: z.object({ image: z.string().default('axllent/mailpit:v1.20') }),
  serviceFields: { backup: z.object({ every: z.string() }) },
  setup({ options, services, hooks, expose, use }) {
    services.add('mailpit', {
      run: container({ image: options.image }),
      ports: { ui: 8025 },
      ready: ready.port('ui'),
    });
    expose('greeting', () => ({ word: 'hello' }));
    hooks.initialize.tap('mailpit', ({ config }) => {
      const every: string | undefined = config.services['web']?.backup?.every;
      // @ts-expect-error -- nobody declared that field
      config.services['web']?.bakup;
      return void every;
    });
    hooks.afterHealth.tap('mailpit', async () => {
      const engine = await use('engine');
      const images = await engine.listImages();
      const first: string | undefined = images[0]?.Id;
      const { word } = await use('greeting');
      word.toUpperCase();
      // @ts-expect-error -- an image's id is a text
      const wrong: number | undefined = images[0]?.Id;
      // @ts-expect-error -- nobody declared that contract
      await use('nothing');
      return void [first, wrong];
    });
    // @ts-expect-error -- no such option
    options.imagge;
  },
});

export const config = defineConfig({
  plugins: [mailpit, docker],
  services: {
    web: {
      run: container({ image: 'web', environment: ({ address }) => ({ DB: address('db.sql') }) }),
      ports: { http: 80 },
      ready: ready.http('/'),
      backup: { every: '1h' },
    },
  },
});

export const wrong = defineConfig({
  services: {
    // @ts-expect-error -- every is a text
    web: { run: container({ image: 'web' }), backup: { every: 1 } },
  },
});

// @ts-expect-error -- an image is a text
container({ image: 1 });

export default defineTask(import.meta, {
  name: 'mine',
  description: 'Mine',
  args: { many: { kind: 'flag', description: 'Many' } },
  async run({ args, $, run }) {
    const many: boolean = args.many;
    // @ts-expect-error -- no such argument
    args.few;
    const { stdout } = await $\`echo \${String(many)}\`;
    await run('up');
    return stdout.trim();
  },
});

export const others: [typeof createTestHost, Runner['stop'] | undefined, string] = [
  createTestHost,
  undefined,
  up.name,
];
`;

describe('the types of the packed package', async () => {
  const checkout = await createPackedCheckout(null);
  afterAll(() => checkout[Symbol.asyncDispose]());
  checkout.write({ 'consumer.ts': consumer });

  test.each([
    { moduleResolution: 'nodenext', skipLibCheck: true },
    { moduleResolution: 'bundler', skipLibCheck: true },
    { moduleResolution: 'nodenext', skipLibCheck: false },
  ])(
    'hold for a stranger: $moduleResolution, skipLibCheck $skipLibCheck',
    async ({ moduleResolution, skipLibCheck }) => {
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'es2023',
        module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
        moduleResolution,
        skipLibCheck,
        types: ['node'],
      };
      checkout.write({
        'tsconfig.json': JSON.stringify({ compilerOptions, files: ['consumer.ts'] }),
      });
      const { exitCode, stdout } = await checkout.run([process.execPath, tsc, '-p', '.']);
      const problems = stdout.split('\n').filter(Boolean);
      expect(exitCode).toBe(problems.length === 0 ? 0 : 2);
      // zx names types that it does not bring; that is seen only where declarations are checked.
      const isOfZx = (line: string) => !skipLibCheck && line.startsWith('node_modules/zx/');
      expect(problems.filter((line) => !isOfZx(line))).toEqual([]);
    },
  );
});
