import { defineConfig } from 'devservices';
import { sentry } from './catalogue/index.ts';

export default defineConfig({
  project: 'sentry',
  // One's own settings go into devservices.local.ts: `plugins: { sentry: { useProfiling: true } }`.
  plugins: [sentry],
});
