import { defineTask, DevServicesError } from 'devservices';

export default defineTask(import.meta, {
  name: 'config',
  description: 'Shows the configuration as it is after all layers, and who wrote what',
  args: {
    path: { kind: 'positional', description: 'Only below this path: services.postgres.run' },
    origin: { kind: 'flag', description: 'Also the layer, file and line of each value' },
  },
  async run({ host, args }) {
    const values = await host.explain(args.path);
    if (values) return { path: args.path, hasOrigin: args.origin, values };
    throw new DevServicesError({
      code: 'DS_ARGUMENT_INVALID',
      blame: 'user',
      message: `The configuration has nothing at "${args.path}".`,
      hint: '`devservices config` shows every path that there is.',
    });
  },
  render({ path, hasOrigin, values }, style) {
    const isOne = values.length === 1 && values[0]?.path === path;
    return style.table(
      values.map(({ path: at, value, layer, source, line }) => [
        ...(isOne ? [] : [at]),
        typeof value === 'string' ? value : JSON.stringify(value),
        ...(hasOrigin
          ? [style.dim(layer), style.dim(line === undefined ? source : `${source}:${line}`)]
          : []),
      ]),
    );
  },
});
