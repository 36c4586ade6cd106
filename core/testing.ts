export { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
export { createFakeRunner, type FakeRunner } from './testing/fake-runner.ts';
export { createTestHost, type TestHost, type TestHostOptions } from './testing/test-host.ts';
