// Plugins that come with the package and are there only where they are listed.
const shipped: readonly {
  name: string;
  call: string;
  exposes: readonly string[];
  serviceFields?: readonly string[];
}[] = [
  { name: 'store', call: 'store()', exposes: ['database'] },
  { name: 'permissions', call: 'permissions()', exposes: ['permissions', 'authorizer'] },
  { name: 'project-options', call: 'projectOptions()', exposes: ['projectOptions'] },
  { name: 'control-api', call: 'controlApi()', exposes: ['api', 'apiTokens'] },
  { name: 'metrics', call: 'metrics()', exposes: ['prometheus'] },
  { name: 'workstations', call: 'workstations()', exposes: ['workstations'] },
  { name: 'sentry', call: 'sentry()', exposes: ['sentry'], serviceFields: ['instrument'] },
];

/** What to add to `plugins` for a contract that one of our own exposes; undefined for any other. */
export function providerOf(token: string): string | undefined {
  return listedBy(shipped.find(({ exposes }) => exposes.includes(token)));
}

/** What to add to `plugins` for a field of services that one of our own brings; undefined for any other. */
export function providerOfField(field: string): string | undefined {
  return listedBy(shipped.find(({ serviceFields }) => serviceFields?.includes(field)));
}

/** How one of our own plugins is listed, with options too; undefined for any other name. */
export function listingOf(name: string): string | undefined {
  const found = shipped.find((plugin) => plugin.name === name);
  if (found === undefined) return undefined;
  const specifier = specifierOf(name);
  return `\`${found.call.slice(0, -1)}{ … })\` from '${specifier}', in JSON ["${specifier}", { … }]`;
}

const listedBy = (plugin: (typeof shipped)[number] | undefined): string | undefined =>
  plugin && `\`${plugin.call}\` from '${specifierOf(plugin.name)}'`;

const specifierOf = (name: string): string => `devservices/plugins/${name}`;
