import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { podmanDifferences } from './engines/podman-differences.ts';
import { type Counts, noCounts, readCounts } from './read-counts.ts';
import { findGcloud, gcloudTests } from './rig/find-gcloud.ts';

interface Step {
  name: string;
  command: readonly string[];
  /** Counts tests, where the others count as one each. */
  isSuite?: boolean;
  /** Not begun when this one failed. */
  needs?: string;
}

const asksFor = process.env['DEVSERVICES_TEST_ENGINE'];
const hasEngine = asksFor !== 'none';
const rig = 'test/rig/engine/main.ts';
const beside = ['newer', 'podman'];

const steps: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'docs', command: ['tsx', 'docs/generate.ts', '--check'] },
  { name: 'unused', command: ['knip'] },
  { name: 'unit', command: ['vitest', 'run', '--project', 'unit'], isSuite: true },
  ...(hasEngine ? [{ name: 'engine', command: ['tsx', rig, 'up'] }] : []),
  {
    name: 'cases',
    command: ['vitest', 'run', '--project', 'cases'],
    isSuite: true,
    needs: 'engine',
  },
  // Who names an engine asks for that one alone.
  ...(asksFor ? [] : beside).map((name) => ({
    name,
    command: ['tsx', rig, 'run', name, 'node_modules/.bin/vitest', 'run', '--project', name],
    isSuite: true,
    needs: 'engine',
  })),
];

// `npm test -- lint unit` runs those alone.
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  say(
    `There is no step ${unknown.join(', ')}. There are: ${steps.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const reports = mkdtempSync(join(tmpdir(), 'devservices-test-run-'));
const total = noCounts();
const failedSteps: string[] = [];
try {
  for (const step of steps.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const counts = await runStep(step);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped.push(...counts.skipped);
    total.excused.push(...counts.excused);
    total.failures.push(...counts.failures.map((text) => `${step.name}: ${text}`));
    total.retried.push(...counts.retried.map((test) => `${step.name}: ${test}`));
    if (counts.failed > 0) failedSteps.push(step.name);
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}
process.exitCode = closeWith();

async function runStep(step: Step): Promise<Counts> {
  const { name, command, isSuite = false, needs = '' } = step;
  say(`\n== ${name}: ${command.join(' ')}`);
  if (failedSteps.includes(needs)) {
    say(`== ${name}: not run, as ${needs} failed`);
    return { ...noCounts(), failed: 1 };
  }
  const report = join(reports, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const began = performance.now();
  const isOk = await run(isSuite ? [...command, ...reporters] : command);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`== ${name}: ${isOk ? 'ok' : 'FAILED'} in ${seconds} s`);
  if (!isSuite) {
    return { ...noCounts(), passed: Number(isOk), failed: Number(!isOk) };
  }
  const counts = readCounts(report);
  if (name === 'podman' && isOk) counts.failed += sayUnexcused(counts.excused);
  // An error outside of any test, or no report at all: the tests that passed must not hide it.
  return isOk ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

function run([command = '', ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(join('node_modules', '.bin', command), args, { stdio: 'inherit' });
    child.once('error', ({ message }) => {
      say(message);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
}

/** How many differences no case has any more. */
function sayUnexcused(excused: readonly string[]): number {
  const stale = podmanDifferences.filter(
    ({ file, title }) => !(title === undefined ? existsSync(file) : excused.includes(title)),
  );
  for (const { file, title = '' } of stale) say(`No case is excused as ${file} > ${title}`);
  return stale.length;
}

/** Says what came of it, the counts alone on the last line; returns the exit status. */
function closeWith(): number {
  const hasGcloud = findGcloud() !== null;
  const needsGcloud = total.skipped.filter((name) => !hasGcloud && name.startsWith(gcloudTests));
  // Only an engine that is not the rig's own, a missing gcloud, or a request may leave something out.
  const excused = (name: string) =>
    !hasEngine ||
    needsGcloud.includes(name) ||
    name.startsWith('private engine, where the rig may');
  const unexcused = total.skipped.filter((name) => !excused(name));
  say('');
  if (!hasEngine)
    say('Tests that need an engine were skipped, as DEVSERVICES_TEST_ENGINE=none asks.');
  for (const name of needsGcloud) say(`Skipped without gcloud: ${name}`);
  if (needsGcloud.length > 0)
    say(`${needsGcloud.length} tests were skipped, as there is no gcloud on the PATH.`);
  for (const name of unexcused) say(`Skipped though nobody asked for it: ${name}`);
  if (asksFor && hasEngine) say(`Only ${asksFor} was tried, as DEVSERVICES_TEST_ENGINE asks.`);
  if (total.excused.length > 0)
    say(`${total.excused.length} cases are excused on podman: see docs/engines.md.`);
  // A test that needs a second try is on its way to failing: it is told, and not hidden by having passed.
  for (const test of total.retried) say(`Passed at the second try: ${test}`);
  for (const text of total.failures) say(`\nFailed in ${text}`);
  if (failedSteps.length > 0) say(`Failed: ${failedSteps.join(', ')}`);
  const failed = total.failed + unexcused.length;
  const skipped = total.skipped.length - unexcused.length;
  say(`${total.passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed > 0 ? 1 : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
