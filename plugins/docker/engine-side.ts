// Everything that talks to an engine, in one piece that is imported when one is needed: a task that needs
// none starts a good deal sooner.
export { assertThere } from './elsewhere/assert-there.ts';
export { createEngine, type Engine } from './engine/engine.ts';
export { describeRoute } from './engine/engine-route.ts';
export { describeRemotePorts } from './engine/remote-ports.ts';
export { createDockerRunner } from './runner/docker-runner.ts';
export { createNoEngine } from './engine/workstation-address.ts';
