import { startWorkstationsApi } from './start-workstations-api.ts';

// By hand: says what makes `gcloud` ask here, and each call, until it is ended. `22=PORT` opens a port.
const ports = Object.fromEntries(process.argv.slice(2).map((text) => text.split('=').map(Number)));
const api = await startWorkstationsApi({ ports });
api.put('box');
api.put('my-box', { state: 'STATE_STOPPED' });
api.put('box', { cluster: 'other', config: 'large' });
for (const [name, value] of Object.entries(api.environment)) {
  process.stdout.write(`export ${name}='${value}'\n`);
}
api.fault(({ method, path }) => void process.stderr.write(`${method} ${path}\n`));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void api.close());
