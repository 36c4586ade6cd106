import { describe, expect, test } from 'vitest';
import { readStatus } from '../../../../plugins/docker/runner/read-status.ts';

describe('what a list says of a container', () => {
  test.each([
    ['created', 'Created', { status: 'created' }],
    ['running', 'Up 3 seconds', { status: 'running' }],
    ['running', 'Up 3 seconds (healthy)', { status: 'running', health: 'healthy' }],
    ['running', 'Up 2 hours (unhealthy)', { status: 'running', health: 'unhealthy' }],
    ['running', 'Up 1 second (health: starting)', { status: 'running', health: 'starting' }],
    ['paused', 'Up 3 minutes (Paused)', { status: 'paused' }],
    ['restarting', 'Restarting (1) 2 seconds ago', { status: 'restarting', exitCode: 1 }],
    ['exited', 'Exited (0) 2 hours ago', { status: 'exited', exitCode: 0 }],
    ['exited', 'Exited (137) Less than a second ago', { status: 'exited', exitCode: 137 }],
    ['removing', 'Removal In Progress', { status: 'exited' }],
    ['dead', 'Dead', { status: 'exited' }],
  ])('%s, %s', (state, text, expected) => expect(readStatus(state, text)).toEqual(expected));
});
