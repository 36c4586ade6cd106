import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

export interface Counts {
  passed: number;
  failed: number;
  /** Full names. */
  skipped: string[];
  /** Titles of what the engine need not pass: it failed, as it has to, or was not run. */
  excused: string[];
  /** Of each that failed: its file and name, and the first lines of why. */
  failures: string[];
  /** Full names of those that failed at first and passed when they were tried again. */
  retried: string[];
}

/** Before anything was counted. */
export const noCounts = (): Counts => ({
  passed: 0,
  failed: 0,
  skipped: [],
  excused: [],
  failures: [],
  retried: [],
});

interface VitestReport {
  testResults: readonly {
    name: string;
    status: string;
    message?: string;
    assertionResults: readonly {
      status: string;
      title: string;
      fullName: string;
      failureMessages?: readonly string[] | null;
      meta?: { excused?: string };
    }[];
  }[];
}

/** Counts the tests in vitest's JSON report; a file that could not be run counts as one that failed. */
export function readCounts(file: string): Counts {
  const counts = noCounts();
  for (const { name, status, message = '', assertionResults } of readReport(file).testResults) {
    for (const test of assertionResults) {
      if (test.status !== 'failed' && test.meta?.excused) counts.excused.push(test.title);
      else if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else counts.skipped.push(test.fullName);
      const [why] = test.failureMessages ?? [];
      if (test.status === 'failed') counts.failures.push(describe(name, test.fullName, why));
      else if (test.status === 'passed' && why !== undefined) counts.retried.push(test.fullName);
    }
    const hasFailed = assertionResults.some((test) => test.status === 'failed');
    if (status === 'failed' && !hasFailed) {
      counts.failed += 1;
      counts.failures.push(describe(name, 'the whole file', message));
    }
    // A group that is left out may not even say which tests it has: it counts as one.
    else if (assertionResults.length === 0) counts.skipped.push(basename(name));
  }
  return counts;
}

const shownLines = 12;

function describe(file: string, test: string, why = ''): string {
  const lines = why.split('\n').slice(0, shownLines);
  return [`${relative(process.cwd(), file)}: ${test}`, ...lines.map((line) => `  ${line}`)].join(
    '\n',
  );
}

function readReport(file: string): VitestReport {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return { testResults: [] };
  }
}
