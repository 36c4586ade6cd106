import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { problems, service, validate } from './validating.ts';

describe('runs of other kinds', () => {
  const kinds = new Map<string, z.ZodType>([
    ['process', z.object({ command: z.string().min(2), cwd: z.string().default('.') })],
    ['strict', z.strictObject({ kind: z.literal('strict'), size: z.enum(['small', 'large']) })],
  ]);

  it('are checked, and given defaults, by the schema of their plugin', () => {
    const value = service({
      run: { local: { kind: 'process', command: 'ls' }, s: { kind: 'strict', size: 'small' } },
    });
    expect(validate(value, { kinds }).services['db']?.run).toEqual({
      local: { kind: 'process', command: 'ls', cwd: '.' },
      s: { kind: 'strict', size: 'small' },
    });
  });

  it("have problems in the schema's words, with suggestions", async () => {
    const value = service({
      run: {
        a: { kind: 'process', command: 'l' },
        b: { kind: 'process' },
        c: { kind: 'strict', size: 'smal', sise: 1 },
        d: { kind: 'proces' },
      },
    });
    expect(await problems(value, { kinds })).toEqual([
      'services.db.run.a.command: Too small: expected string to have >=2 characters.',
      'services.db.run.b.command: Expected a text, found nothing.',
      'services.db.run.c.size: Expected one of "small", "large", found "smal". Did you mean "small"?',
      'services.db.run.c.sise: There is no such setting. Did you mean "size"?',
      'services.db.run.d.kind: Expected a kind of run that a plugin brings (container, process, strict), found "proces". Did you mean "process"?',
    ]);
  });

  it('say where a field belongs that stands beside the run', async () => {
    const run = { docker: { kind: 'container', image: 'redis:7' }, image: 'redis:8' };
    expect(await problems(service({ run }))).toEqual([
      'services.db.run.image: Expected a run such as container({ image }), found "redis:8". Fields of the run stand below its name: services.db.run.docker.image.',
    ]);
  });
});
