import { entry } from 'devservices/machine';

/** What `serve` and its guard refuse. */
export const serverErrors = {
  DS_API_HOST_REFUSED: entry<{ given: string }>({
    blame: 'user',
    title: 'A request names another server than the one that it came to',
    message: ({ given }) =>
      given === ''
        ? 'The request does not say which server it is for.'
        : `The request is for ${quoted(given)}, which is no name of this server.`,
    hint: () => 'Use the URL that `devservices serve` printed.',
  }),
  DS_API_ORIGIN_REFUSED: entry<{ said: string }>({
    blame: 'user',
    title: 'A page of another site asks',
    message: ({ said }) => `The request comes from another site (${quoted(said)}).`,
    hint: () => 'Ask from a page of this server, or from no page at all.',
  }),
  DS_API_PATH_REFUSED: entry<{ problem: string }>({
    blame: 'user',
    title: 'The path of a request can be read in more than one way',
    message: ({ problem }) => `The path of the request ${problem}.`,
    hint: () => 'Write it as the documentation has it, with values encoded once.',
  }),
  DS_API_TOKEN_IN_URL: entry<Record<string, never>>({
    blame: 'user',
    title: 'The URL of a request has a token in it',
    message: () => 'The request has a token in its URL, where histories and logs keep it.',
    hint: () =>
      'Send it as `Authorization: Bearer TOKEN`; one that was shown to others is to be revoked.',
  }),
  DS_API_REQUEST_REFUSED: entry<{
    /** The end of the sentence: `its headers are too long`. */
    reason: string;
  }>({
    blame: 'user',
    title: 'A request is not as HTTP has it, or is more than is taken',
    message: ({ reason }) => `The request is refused: ${reason}.`,
    hint: () => 'Send it by a usual HTTP client.',
  }),
  DS_API_TOO_MANY: entry<{ seconds: number }>({
    blame: 'user',
    title: 'The API is asked too often',
    message: () => 'These are more requests than are answered in this time.',
    hint: ({ seconds }) =>
      `Ask again in ${seconds} s; streams tell of changes without being asked.`,
  }),
  DS_API_STOPPING: entry<Record<string, never>>({
    blame: 'environment',
    title: 'The server was asked while it ends',
    message: () => 'The server ends, and takes no more requests.',
    hint: () => 'Start it again: `devservices serve`.',
  }),
  DS_API_BIND_REFUSED: entry<{ host: string }>({
    blame: 'user',
    title: 'The API was to listen on another address than 127.0.0.1',
    message: ({ host }) =>
      `On ${host} others than this machine may reach the server, and everything is sent in the clear: who reads it on its way has the token, and can do with this checkout whatever its owner can.`,
    hint: () =>
      'Give --tls-cert FILE and --tls-key FILE, or --insecure where that network is yours alone; from elsewhere `ssh -L` reaches 127.0.0.1.',
  }),
  DS_API_ADDRESS_UNUSABLE: entry<{ host: string; reason: string }>({
    blame: 'user',
    title: 'The API cannot listen on that address',
    message: ({ host, reason }) => `The server cannot listen on ${quoted(host)}: ${reason}.`,
    hint: () => 'Give --host an IP address of this machine, and --port one from 1024 to 65535.',
  }),
  DS_API_PORT_TAKEN: entry<{ port: number; holder?: string | undefined }>({
    blame: 'environment',
    title: 'The port of the API is taken',
    message: ({ port, holder }) =>
      `The server cannot listen on port ${port}: ${holder ?? 'another process'} does.`,
    hint: () => 'Leave --port out, and any that is free is taken, or name another.',
  }),
  DS_API_TLS_UNUSABLE: entry<{ file: string; reason: string }>({
    blame: 'user',
    title: "The server's certificate or key cannot be used",
    message: ({ file, reason }) => `${quoted(file)} cannot be used for TLS: ${reason}.`,
    hint: () => 'Give both --tls-cert and --tls-key, as PEM files that belong together.',
  }),
  DS_API_SERVED_ALREADY: entry<{ url: string; pid: number }>({
    blame: 'environment',
    title: 'This checkout has a server already',
    message: ({ url, pid }) => `This checkout is served at ${url} already (pid ${pid}).`,
    hint: ({ pid }) => `Use that one, or end it first: \`kill ${pid}\`.`,
  }),
};

// It comes from whoever asked: never a screenful, and nothing that acts on a terminal.
const quoted = (text: string): string =>
  JSON.stringify(
    Array.from(text.replaceAll(/[^\x20-\x7e]/g, '?'))
      .slice(0, 80)
      .join(''),
  );
