import { bugErrors } from '../core/errors/catalogue/bug.ts';
import { configErrors } from '../core/errors/catalogue/config.ts';
import { pluginErrors } from '../core/errors/catalogue/plugin.ts';
import { serviceErrors } from '../core/errors/catalogue/service.ts';
import { stateErrors } from '../core/errors/catalogue/state.ts';
import { taskErrors } from '../core/errors/catalogue/task.ts';
import type { Blame, ErrorEntry } from '../core/errors/error.ts';
import { exitCodes } from '../core/errors/exit-code.ts';
import { apiErrors } from '../plugins/control-api/errors.ts';
import { buildErrors } from '../plugins/docker/build/build-errors.ts';
import { dockerErrors } from '../plugins/docker/errors.ts';
import { imageErrors } from '../plugins/docker/image-errors.ts';
import { embeddedErrors } from '../plugins/embedded/errors.ts';
import { metricsErrors } from '../plugins/metrics/errors.ts';
import { permissionErrors } from '../plugins/permissions/errors.ts';
import { processErrors } from '../plugins/process/errors.ts';
import { optionErrors } from '../plugins/project-options/errors.ts';
import { sentryErrors } from '../plugins/sentry/errors.ts';
import { storeErrors } from '../plugins/store/errors.ts';
import { dockerWorkstationErrors } from '../plugins/workstations/docker/errors.ts';
import { workstationErrors } from '../plugins/workstations/errors.ts';
import { gcloudErrors } from '../plugins/workstations/gcloud/errors.ts';
import { apiExamples } from './control-api-error-examples.ts';
import { buildExamples, dockerExamples, imageExamples } from './docker-error-examples.ts';
import { embeddedExamples } from './embedded-error-examples.ts';
import {
  bugExamples,
  configExamples,
  pluginExamples,
  serviceExamples,
  stateExamples,
  taskExamples,
} from './error-examples.ts';
import { metricsExamples } from './metrics-error-examples.ts';
import { permissionExamples } from './permissions-error-examples.ts';
import { processExamples } from './process-error-examples.ts';
import { optionExamples } from './project-options-error-examples.ts';
import { sentryExamples } from './sentry-error-examples.ts';
import { storeExamples } from './store-error-examples.ts';
import {
  dockerWorkstationExamples,
  gcloudExamples,
  workstationExamples,
} from './workstations-error-examples.ts';

interface Area {
  title: string;
  entries: Readonly<Record<string, ErrorEntry<never>>>;
  examples: Readonly<Record<string, unknown>>;
}

/** Every catalogue there is, in the order of the page. */
export const errorAreas: readonly Area[] = [
  { title: 'Configuration', entries: configErrors.entries, examples: configExamples },
  { title: 'Services and ports', entries: serviceErrors.entries, examples: serviceExamples },
  {
    title: 'Plugins, options and permissions',
    entries: pluginErrors.entries,
    examples: pluginExamples,
  },
  { title: 'Tasks and arguments', entries: taskErrors.entries, examples: taskExamples },
  { title: 'State of this machine', entries: stateErrors.entries, examples: stateExamples },
  {
    title: 'Docker: engine and containers',
    entries: dockerErrors.entries,
    examples: dockerExamples,
  },
  { title: 'Docker: images', entries: imageErrors.entries, examples: imageExamples },
  { title: 'Docker: builds', entries: buildErrors.entries, examples: buildExamples },
  { title: 'Processes', entries: processErrors.entries, examples: processExamples },
  { title: 'Embedded programs', entries: embeddedErrors.entries, examples: embeddedExamples },
  { title: 'Store', entries: storeErrors.entries, examples: storeExamples },
  {
    title: 'Users and permissions',
    entries: permissionErrors.entries,
    examples: permissionExamples,
  },
  { title: 'Project options', entries: optionErrors.entries, examples: optionExamples },
  { title: 'Sentry', entries: sentryErrors.entries, examples: sentryExamples },
  { title: 'Control API', entries: apiErrors.entries, examples: apiExamples },
  { title: 'Metrics', entries: metricsErrors.entries, examples: metricsExamples },
  { title: 'Workstations', entries: workstationErrors.entries, examples: workstationExamples },
  {
    title: 'Workstations on an engine',
    entries: dockerWorkstationErrors.entries,
    examples: dockerWorkstationExamples,
  },
  {
    title: 'Workstations of Google Cloud',
    entries: gcloudErrors.entries,
    examples: gcloudExamples,
  },
  { title: 'Defects of devservices', entries: bugErrors.entries, examples: bugExamples },
];

/** The text of docs/errors.md. */
export function renderErrorsDoc(): string {
  return `${[
    '# Errors',
    '<!-- Generated from the catalogues by `npm run docs`; do not edit. -->',
    introduction,
    blames(),
    ...errorAreas.flatMap(({ title, entries, examples }) => [
      `## ${title}`,
      ...Object.entries(entries).flatMap(([code, entry]) =>
        renderEntry(code, entry, examples[code]),
      ),
    ]),
  ].join('\n\n')}\n`;
}

const introduction = `Every error has a permanent code, says what happened and why, and gives one hint: what to do next. The
sentences below are examples; names and numbers are made up.`;

const meanings: Readonly<Record<Blame, string>> = {
  outcome:
    'it was tried and did not work: a service, a probe, a command, a question answered with no',
  user: 'arguments or configuration',
  environment: 'engine, ports, tools, network, disk',
  plugin: "a plugin's code",
  bug: 'a defect of devservices',
};

function blames(): string {
  const rows = Object.entries(exitCodes).map(
    ([blame, exitCode]) => `| \`${blame}\` | ${exitCode} | ${meanings[blame as Blame]} |`,
  );
  return `The blame of an error decides the exit status:

| Blame | Exit status | What is to be changed |
|---|---|---|
${rows.join('\n')}

Of several errors the gravest decides: 70 before 4, 2, 3 and 1. An interrupted task ends with 130 (Ctrl-C) or 143.`;
}

function renderEntry(code: string, entry: ErrorEntry<never>, facts: unknown): string[] {
  if (facts === undefined) throw new Error(`No example has facts for ${code}.`);
  const { blame, title, message, hint } = entry as ErrorEntry<unknown>;
  return [
    `### ${code}`,
    `${title}. Blame \`${blame}\`, exit status ${exitCodes[blame]}.`,
    `\`\`\`text\n${message(facts)}\n→ ${hint(facts)}\n\`\`\``,
  ];
}
