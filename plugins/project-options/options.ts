import { z } from 'devservices';
import { checkDeclaration } from './check-declaration.ts';
import type { DeclaredOption } from './contract.ts';

const declaredOption = z
  .custom<DeclaredOption>((value) => typeof value === 'object' && value !== null, 'a declaration')
  .superRefine((option, context) => {
    const checked = checkDeclaration(option);
    if ('problem' in checked) context.addIssue({ code: 'custom', message: checked.problem });
  });

export const projectOptionsOptions = z
  .strictObject({
    declare: z
      .array(declaredOption)
      .describe('Options of this repo, besides those that plugins declare')
      .default([]),
  })
  .default({ declare: [] });
