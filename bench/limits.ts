const upIdle = 'devservices up, nothing to do';
const tsxIdle = 'tsx tasks/up.ts, nothing to do';

/**
 * How many times as long as its peer a subject may take, by peer and subject: what was measured on two
 * busy cores, and a quarter. Beside docker compose the bin may never take longer. What is not here
 * informs only.
 */
export const limits: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'node -e 0': {
    'devservices --version': 1.6,
    'devservices --help': 1.7,
    'import of our index.mjs': 2.6,
    'import of our chunks/edge.mjs': 1.6,
    'import of our chunks/kernel.mjs': 2.6,
    'import of our chunks/vendor.mjs': 2,
    'import of our plugins/docker.mjs': 2.8,
    'import of our tasks/up.mjs': 2.6,
    'import of our chunks/docker.mjs': 2,
    // A hundred milliseconds over a bare Node of 60.
    'devservices permissions list': 2.66,
    [upIdle]: 4,
    [tsxIdle]: 22,
  },
  'docker compose up, nothing to do': { [upIdle]: 0.4 },
  'docker compose up without --wait, nothing to do': { [upIdle]: 1 },
  'docker compose up, four in a row from nothing': {
    'devservices up, four in a row from nothing': 1,
  },
  // It is told while services start, and the end waits for an answer of loopback.
  'up, 700 ms four times in a row, no DSN': { 'up, 700 ms four times in a row, a DSN': 1.05 },
  // A hundred where it were not linear; measured between 0.3 and 1.8, on a machine that did much else.
  'options get, 100 projects, libsql': { 'options get, 10000 projects, libsql': 2.5 },
  'options get, 100 projects, Postgres': { 'options get, 10000 projects, Postgres': 2.5 },
  // Measured at 1.3 and at 1.04: what is wanted is that neither grows with the readers.
  'an event to its reader, one stream': { 'an event to its reader, 100 streams': 4 },
  'the server, before the first': { 'the server, 100 streams': 1.5 },
  // Measured between 0.02 and 0.05: to sum is never to be dearer than half of what each call's line is.
  'increment of hot-shots': { incr: 0.5 },
  'increment of hot-shots, three tags': { 'incr, three tags': 0.5 },
};
