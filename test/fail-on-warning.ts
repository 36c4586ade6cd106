// Node's own remarks that say nothing about our code: none so far.
const allowed: readonly RegExp[] = [];

// A leaked listener, an unclosed file or a deprecated call shows as a warning first: it fails the run.
// Workers are shared, and this runs once a file: one listener is enough.
const mark = Symbol.for('devservices.test.fail-on-warning');
if (!Reflect.has(process, mark)) {
  Reflect.set(process, mark, true);
  process.on('warning', failOn);
}

function failOn(warning: Error): void {
  if (allowed.some((pattern) => pattern.test(`${warning.name}: ${warning.message}`))) return;
  throw new Error(`A process warning: ${warning.name}: ${warning.message}`, { cause: warning });
}
