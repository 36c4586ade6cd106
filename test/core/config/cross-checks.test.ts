import { describe, expect, it } from 'vitest';
import { ready } from '../../../core/readiness/readiness.ts';
import { container } from '../../../core/run/run.ts';
import { problems, validate } from './validating.ts';

describe('checks across fields', () => {
  const three = (a: object, b: object, c: object = {}): object => {
    const base = { run: container({ image: 'x' }) };
    return { services: { a: { ...base, ...a }, b: { ...base, ...b }, c: { ...base, ...c } } };
  };

  it('names every ring of dependencies and of tasks in full', async () => {
    expect(
      await problems(
        three({ dependsOn: ['b'] }, { dependsOn: { c: 'ready' } }, { dependsOn: ['a'] }),
      ),
    ).toEqual(['services.c.dependsOn.0: These wait for one another: a → b → c → a.']);
    expect(
      await problems({
        ...three({ dependsOn: ['a'] }, { dependsOn: { c: 'started' } }, { dependsOn: ['b'] }),
        tasks: { x: { command: 'x', needs: ['x'] } },
      }),
    ).toEqual([
      'services.a.dependsOn.0: These wait for one another: a → a.',
      'services.c.dependsOn.0: These wait for one another: b → c → b.',
      'tasks.x.needs.0: These wait for one another: x → x.',
    ]);
  });

  it('knows no service by a name that objects have by themselves', async () => {
    expect(await problems(three({ dependsOn: ['toString', 'valueOf'] }, {}))).toHaveLength(2);
  });

  it('knows the ports that readiness and templates name', async () => {
    const lines = await problems(
      three(
        {
          ports: { sql: 5432 },
          ready: ready.all(ready.port('sq'), ready.http('/', { port: 'web' })),
          exports: { URL: 'x://{address.sql}/{port.slq}' },
          run: container({
            image: 'x',
            environment: { H: '{host.sql}{host}{other.x}', P: '{port.none}' },
          }),
        },
        { ready: ready.port('any') },
      ),
    );
    expect(lines).toEqual([
      'services.a.ready.of.0.port: The service has no port "sq". Did you mean "sql"?',
      'services.a.ready.of.1.port: The service has no port "web". It has: sql.',
      'services.a.exports.URL: The service has no port "slq". Did you mean "sql"?',
      'services.a.run.docker.environment.P: The service has no port "none". It has: sql.',
      'services.b.ready.port: The service has no port "any". It has none.',
    ]);
  });

  it('knows the ports of dependencies that variables name', async () => {
    const variables = (environment: unknown) => ({
      run: container({ image: 'x', environment: environment as Record<string, string> }),
      ports: { http: 80 },
    });
    const lines = await problems(
      three(
        {
          ...variables({
            OK: 'http://{address.b.sql} {host.b.sql} {port.http}',
            PORT: '{published.b.sq}',
            FAR: '{port.c.sql}',
            NOBODY: '{address.bb.sql}',
            OPTIONAL: '{address.gone.http}',
          }),
          exports: { URL: '{address.b.sql}' },
          dependsOn: {
            b: 'started',
            gone: { condition: 'started', required: false },
          },
        },
        { ports: { sql: { container: 1, host: 'auto' } } },
        {
          ...variables(['A={port.a.http}', 'B={port.b.sqll}', 'C={port.none}', 'D']),
          ports: { sql: { container: 1, host: 'auto' } },
          dependsOn: ['b'],
        },
      ),
    );
    expect(lines).toEqual([
      'services.a.exports.URL: The service has no port "b.sql". It has: http.',
      'services.c.run.docker.environment.2: The service has no port "none". It has: sql.',
      'services.a.run.docker.environment.PORT: b has no port "sq". Did you mean "sql"?',
      'services.a.run.docker.environment.FAR: The service does not depend on "c": add it to dependsOn.',
      'services.a.run.docker.environment.NOBODY: There is no service "bb". Did you mean "b"?',
      'services.c.run.docker.environment.0: The service does not depend on "a": add it to dependsOn.',
      'services.c.run.docker.environment.1: b has no port "sqll". Did you mean "sql"?',
    ]);
  });

  it('refuses one port of this machine for two services that may meet', async () => {
    expect(
      await problems(three({ ports: { x: 80 } }, { ports: { y: { container: 1, host: 80 } } })),
    ).toEqual([
      "services.b.ports.y: Port 80 of this machine is also that of a.ports.x; use { container, host } or host: 'auto'.",
    ]);
    const apart = [
      three({ ports: { x: 80 } }, { ports: { y: { container: 80, host: 'auto' } } }),
      three({ ports: { x: 80 } }, { ports: { y: { container: 80, host: 81 } } }),
      three({ ports: { x: 80 } }, { ports: { y: { container: 80, protocol: 'udp' } } }),
      three({ ports: { x: 80 }, profiles: ['v1'] }, { ports: { y: 80 }, profiles: ['v2'] }),
    ];
    for (const value of apart) expect(() => validate(value)).not.toThrow();
  });

  it('refuses one variable exported by two services that a third depends on', async () => {
    const exports = { exports: { URL: 'x', [`A`]: 'y' } };
    expect(
      await problems(three(exports, { exports: { URL: 'z' } }, { dependsOn: ['a', 'b'] })),
    ).toEqual(['services.b.exports.URL: URL is also exported by a, and c depends on both.']);
    expect(() => validate(three(exports, exports, { dependsOn: ['a'] }))).not.toThrow();
  });
});
