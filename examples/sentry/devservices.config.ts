import { defineConfig } from 'devservices';
import { sentryCatalogue } from './catalogue/index.ts';

export default defineConfig({
  project: 'sentry',
  // One's own settings go into devservices.local.ts: `plugins: { 'sentry-catalogue': { useProfiling: true } }`.
  plugins: [sentryCatalogue],
});
