import { entry } from 'devservices/machine';

/** What ends a stream, or keeps it from beginning. */
export const streamErrors = {
  DS_API_CURSOR_INVALID: entry<{ key: string }>({
    blame: 'user',
    title: 'A stream was to go on from an id that it never gave',
    message: ({ key }) =>
      `\`${key}\` cannot go on from there: what was given as the last event's id is none of its own.`,
    hint: () => 'Give the id of an event of this stream as it was, or none to begin anew.',
  }),
  DS_API_STREAM_DROPPED: entry<{
    key: string;
    /** A sentence's end. */
    reason: string;
    lastEventId: string | undefined;
  }>({
    blame: 'environment',
    title: 'A stream was given up as its reader did not keep up',
    message: ({ key, reason }) => `\`${key}\` was given up: ${reason}.`,
    hint: () => 'Open it again from the last id, and read faster than it comes.',
  }),
  DS_API_STREAM_REFUSED: entry<{ key: string; detail: string }>({
    blame: 'user',
    title: 'A stream was ended as whoever read it may not any more',
    message: ({ key, detail }) => `\`${key}\` was ended: ${detail}`,
    hint: () => 'Open it again as somebody who may read it.',
  }),
  DS_API_STREAM_UNREADABLE: entry<{ key: string; problem: string }>({
    blame: 'environment',
    title: 'What came as a stream of events is none',
    message: ({ key, problem }) => `\`${key}\` cannot be read: ${problem}.`,
    hint: () => 'See what stands between, or whether the URL is that of `devservices serve`.',
  }),
};
