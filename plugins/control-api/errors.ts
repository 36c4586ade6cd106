import { defineErrors } from 'devservices/machine';
import { callErrors } from './errors/call-errors.ts';
import { rightErrors } from './errors/right-errors.ts';
import { serverErrors } from './errors/server-errors.ts';
import { streamErrors } from './errors/stream-errors.ts';
import { taskErrors } from './errors/task-errors.ts';
import { tokenErrors } from './errors/token-errors.ts';

/** Everything that plugins/control-api can throw. None has a token or a value of a body in it. */
export const apiErrors = defineErrors({
  ...callErrors,
  ...rightErrors,
  ...serverErrors,
  ...streamErrors,
  ...taskErrors,
  ...tokenErrors,
});
