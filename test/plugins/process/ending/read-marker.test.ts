import { expect, test } from 'vitest';
import { findMarker } from '../../../../plugins/process/ending/read-marker.ts';

test.each([
  ['HOME=/\0DEVSERVICES_PROCESS=a/b/c/d\0TERM=x\0', 'a/b/c/d'],
  ['DEVSERVICES_PROCESS=a/b/c/d', 'a/b/c/d'],
  ['X=DEVSERVICES_PROCESS=1\0DEVSERVICES_PROCESS=a/ü/c/d\0', 'a/ü/c/d'],
  ['XDEVSERVICES_PROCESS=a/b/c/d\0', undefined],
  ['DEVSERVICES_PROCESSES=a/b/c/d\0', undefined],
  ['', undefined],
])('in %j it is %s', (environment, marker) => {
  expect(findMarker(Buffer.from(environment))).toBe(marker);
});
