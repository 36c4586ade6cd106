import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOperationError } from '../../../../plugins/workstations/gcloud/begin-order.ts';
import { linesOf, readFailure } from '../../../../plugins/workstations/gcloud/read-failure.ts';

const describeError = (text: string): string => `ERROR: (gcloud.workstations.describe) ${text}\n`;
const httpError = (status: number, content: string): string =>
  describeError(
    `HttpError accessing <http://api/v1/x?alt=json>: response: <{'server': 'x', 'content-length': '89', 'status': ${status}}>, content <${content}>\nThis may be due to network connectivity issues.`,
  );

test('what gcloud says is classed by the words of the API', () => {
  const kinds = {
    NOT_FOUND: 'not-found',
    ALREADY_EXISTS: 'conflict',
    FAILED_PRECONDITION: 'precondition',
    PERMISSION_DENIED: 'denied',
    UNAUTHENTICATED: 'expired',
    RESOURCE_EXHAUSTED: 'busy',
    UNAVAILABLE: 'passing',
    INVALID_ARGUMENT: 'other',
  };
  for (const [word, kind] of Object.entries(kinds)) {
    const failure = readFailure(1, describeError(`${word}: It says so.`));
    expect(failure, word).toEqual({ kind, lines: [`${word}: It says so.`] });
  }
  // Such a word counts where the API's answer begins, not in what somebody wrote.
  expect(readFailure(1, describeError('Bad label NOT_FOUND: x')).kind).toBe('other');
});

test('an answer that it has no word for is told by its status and message, without its headers', () => {
  const content = '{"error": {"code": 500, "message": "Out of order.", "status": "INTERNAL"}}';
  expect(readFailure(1, httpError(500, content))).toEqual({
    kind: 'passing',
    lines: ['HTTP 500 of http://api/v1/x?alt=json: Out of order.'],
  });
  expect(readFailure(1, httpError(502, '<html>bad gateway</html>')).lines).toEqual([
    'HTTP 502 of http://api/v1/x?alt=json: <html>bad gateway</html>',
  ]);
  const kinds = [400, 401, 403, 404, 408, 409, 418, 429].map(
    (status) => readFailure(1, httpError(status, '')).kind,
  );
  expect(kinds).toEqual([
    'precondition',
    'expired',
    'denied',
    'not-found',
    'passing',
    'conflict',
    'other',
    'busy',
  ]);
});

test('a crash over the network passes, one over an answer is not understood; neither asks for a report', () => {
  const crash = (reason: string): string =>
    `ERROR: gcloud crashed (${reason}\n\nIf you would like to report this issue, please run:\n  gcloud feedback\n`;
  expect(readFailure(1, crash("ConnectionError): ('Connection aborted.', x)"))).toEqual({
    kind: 'passing',
    lines: ["gcloud crashed (ConnectionError): ('Connection aborted.', x)"],
  });
  expect(readFailure(1, crash('ReadTimeout): read timed out')).kind).toBe('passing');
  expect(readFailure(1, crash('InvalidDataFromServerError): Error decoding')).kind).toBe('garbled');
  expect(readFailure(1, crash('AttributeError): x')).kind).toBe('other');
});

test('nobody signed in is told from a sign-in that the network spoils', () => {
  const nobody = describeError(
    'You do not currently have an active account selected.\nPlease run:\n\n  $ gcloud auth login\n',
  );
  expect(readFailure(1, nobody).kind).toBe('signed-out');
  const spoiled = describeError(
    'There was a problem refreshing your current auth tokens: HTTPSConnectionPool: Max retries exceeded\nPlease run:\n  $ gcloud auth login',
  );
  expect(readFailure(1, spoiled).kind).toBe('passing');
  expect(readFailure(127, 'bash: line 1: gcloud: command not found').kind).toBe('missing');
});

test('the end of an operation is its own only where it is neither the API’s nor gcloud’s', () => {
  const end = (text: string): string =>
    `Starting workstation: [box]\nWaiting for operation [projects/p/locations/r/operations/o] to complete...\n.....failed.\nERROR: (gcloud.workstations.start) ${text}\n`;
  expect(readOperationError(end('There is no quota left.'))).toBe('There is no quota left.');
  expect(readOperationError(end('{\n  "code": 9,\n  "message": "No quota."\n}'))).toBe('No quota.');
  for (const other of [
    'PERMISSION_DENIED: you may not ask for operations',
    'RESOURCE_EXHAUSTED: slow down',
    'Operation o has not finished in 1800 seconds.',
    'Aborting wait for operation o.',
  ]) {
    expect(readOperationError(end(other)), other).toBeUndefined();
  }
  expect(readOperationError('Starting workstation: [box]\n')).toBeUndefined();
});

test('whatever it writes comes out as few, plain lines', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '\r',
    '\u001b[2J',
    '\u2028',
    '\0',
    '{',
    '"',
    'ERROR: ',
  );
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 80 }), fc.nat(3), (text, exitCode) => {
      for (const lines of [linesOf(text), readFailure(exitCode, `ERROR: ${text}`).lines]) {
        expect(lines.length).toBeLessThanOrEqual(20);
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }
    }),
    { seed: 8, numRuns: 300 },
  );
});
