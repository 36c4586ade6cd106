// Node's own remarks that say nothing about our code: none so far.
const allowed: readonly RegExp[] = [];

// A leaked listener, an unclosed file or a deprecated call shows as a warning first: it fails the run.
process.on('warning', (warning) => {
  if (allowed.some((pattern) => pattern.test(`${warning.name}: ${warning.message}`))) return;
  throw new Error(`A process warning: ${warning.name}: ${warning.message}`, { cause: warning });
});
