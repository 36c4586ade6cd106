import { defineErrors, entry } from '../error.ts';

export const bugErrors = defineErrors({
  DS_BUG_UNEXPECTED: entry<{ reason: string }>({
    blame: 'bug',
    title: 'Something unexpected happened',
    message: ({ reason }) => `devservices failed in a way that it did not foresee: ${reason}`,
    hint: () =>
      'Run it again with --verbose and report what it prints: this is a defect of devservices.',
  }),
  DS_BUG_INVARIANT: entry<{ what: string }>({
    blame: 'bug',
    title: 'An invariant does not hold',
    message: ({ what }) => `devservices found itself in a state that must not be: ${what}`,
    hint: () =>
      'Run it again with --verbose and report what it prints: this is a defect of devservices.',
  }),
});
