const template = /\{(host|port|address|published)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\}/g;

/** A port of another service that a text names. */
export interface NamedPort {
  service: string;
  port: string;
}

/** The ports of other services that templates of a text name, each once. */
export function portsNamed(text: string): NamedPort[] {
  const found = [...text.matchAll(template)].map(([, , service = '', port = '']) => ({
    service,
    port,
  }));
  return found.filter((one, at) => found.findIndex((other) => isSame(one, other)) === at);
}

/** A service's own ports named as its own. */
export function ownNamed(text: string, service: string): string {
  return text.replaceAll(template, (whole, what: string, named: string, port: string) =>
    named === service ? `{${what}.${port}}` : whole,
  );
}

/** With some address in the place of each template, to see whether the rest is right. */
export function withSomeAddress(text: string): string {
  return text.replaceAll(/\{(host|port|address|published)(\.[\w.-]+)?\}/g, (_, what: string) => {
    if (what === 'address') return 'host.test:1';
    return what === 'host' ? 'host.test' : '1';
  });
}

const isSame = (a: NamedPort, b: NamedPort): boolean =>
  a.service === b.service && a.port === b.port;
