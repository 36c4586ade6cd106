import { readFileSync } from 'node:fs';
import { systemClock } from 'devservices/machine';
import type { LeftRun } from './left-run.ts';
import { liveBriefly } from './live-briefly.ts';
import { findSdk } from './load-sdk.ts';
import { openClient } from './sdk-client.ts';

liveBriefly();
const { root, sinks, frame, errors, trace } = JSON.parse(readFileSync(0, 'utf8')) as LeftRun;
const silent = () => {};
const client = openClient({
  found: findSdk(
    root,
    sinks.map(({ name }) => name),
  ),
  sinks,
  frame,
  // Who left it here has looked at that.
  dropTransactions: false,
  fetch,
  metrics: { incr: silent },
  clock: systemClock,
  log: { debug: silent, warn: silent },
  signal: new AbortController().signal,
  handOver: () => 0,
});
for (const error of errors) client.tellError(error);
if (trace) client.tellTransaction(trace.event, trace.description);
await client.flush(9000);
process.exit(0);
