import type { Host } from 'devservices';
import type { Handlers } from '../route.ts';
import type { doctorSpecs } from '../specs/doctor.ts';
import type { ProjectReader } from './project-reader.ts';

type Finding = Awaited<ReturnType<Host['diagnose']>>['findings'][number];

/** What is wrong with the project and its surroundings. */
export function doctorHandlers({
  reader,
}: {
  reader: ProjectReader;
}): Handlers<(typeof doctorSpecs)[number]> {
  return {
    'GET /doctor': () =>
      reader.use(async (host) => {
        const { ok, findings } = await host.diagnose();
        return { ok, findings: findings.map((finding) => toRow(finding, host)) };
      }),
  };
}

function toRow({ name, level, text, hint, facts }: Finding, { redact }: Host) {
  return {
    name,
    level,
    text: redact(text),
    ...(hint === undefined ? {} : { hint: redact(hint) }),
    ...(facts && { facts: redactFacts(facts, redact) }),
  };
}

function redactFacts(facts: NonNullable<Finding['facts']>, redact: Host['redact']) {
  const redacted = Object.entries(facts).map(([key, value]) => {
    if (typeof value === 'string') return [key, redact(value)] as const;
    return [key, isList(value) ? value.map((one) => redact(one)) : value] as const;
  });
  return Object.fromEntries(redacted);
}

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);
