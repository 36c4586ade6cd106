import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

export interface Counts {
  passed: number;
  failed: number;
  /** Full names. */
  skipped: string[];
  /** Titles of what the engine need not pass: it failed, as it has to, or was not run. */
  excused: string[];
}

interface VitestReport {
  testResults: readonly {
    name: string;
    status: string;
    assertionResults: readonly {
      status: string;
      title: string;
      fullName: string;
      meta?: { excused?: string };
    }[];
  }[];
}

/** Counts the tests in vitest's JSON report; a file that could not be run counts as one that failed. */
export function readCounts(file: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [], excused: [] };
  for (const { name, status, assertionResults } of readReport(file).testResults) {
    for (const test of assertionResults) {
      if (test.status !== 'failed' && test.meta?.excused) counts.excused.push(test.title);
      else if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else counts.skipped.push(test.fullName);
    }
    const hasFailed = assertionResults.some((test) => test.status === 'failed');
    if (status === 'failed' && !hasFailed) counts.failed += 1;
    // A group that is left out may not even say which tests it has: it counts as one.
    else if (assertionResults.length === 0) counts.skipped.push(basename(name));
  }
  return counts;
}

function readReport(file: string): VitestReport {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return { testResults: [] };
  }
}
