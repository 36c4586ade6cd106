import { homedir } from 'node:os';
import type { Finding } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';
import { inspectDockerConfig } from './inspect-docker-config.ts';
import { inspectEngine } from './inspect-engine.ts';
import { inspectTools } from './inspect-tools.ts';
import { surveyEngines } from './survey-engines.ts';

/** What `doctor` tells of Docker: the engine, the ways to one, the command line and its configuration. */
export async function diagnoseDocker(engine: Engine, signal: AbortSignal): Promise<Finding[]> {
  const { env = process.env, home = homedir() } = engine.options;
  const options = { ...engine.options, env, home, signal };
  const survey = surveyEngines(options);
  const parts = [
    survey.then((ways) => inspectEngine(engine, ways, signal)),
    survey.then((ways) => inspectDockerConfig(options, ways)),
    inspectTools({ env, signal }),
  ];
  const findings = await Promise.all(
    parts.map((part) =>
      part.catch((thrown: unknown): Finding[] => {
        signal.throwIfAborted();
        const text = thrown instanceof Error ? thrown.message : String(thrown);
        return [
          { name: 'engine', level: 'warning', text: `could not be looked at whole: ${text}` },
        ];
      }),
    ),
  );
  return findings.flat();
}
