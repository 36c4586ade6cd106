import type { optionErrors } from '../plugins/project-options/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

export const optionExamples: ExamplesOf<typeof optionErrors> = {
  DS_OPTION_UNKNOWN: { key: 'mail.form', known: ['mail.from', 'mail.port'] },
  DS_OPTION_INVALID: {
    key: 'mail.port',
    expected: 'a whole number from 1 to 65535',
    problem: 'Too big: expected number to be <=65535',
  },
  DS_OPTION_PROJECT: { problem: 'is longer than 255 characters' },
  DS_OPTION_DECLARATION: {
    key: 'mail.port',
    problem: 'its default is refused: Invalid input: expected number, received string',
  },
  DS_OPTION_SCHEMA: { key: 'mail.from', problem: 'it is asynchronous' },
};
