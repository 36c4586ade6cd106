import { taskErrors } from '../errors/catalogue/task.ts';
import { confirm, type Question } from './confirm.ts';

/** Asks as `confirm` does, and goes on only where that is agreed to; else throws DS_TASK_DECLINED. */
export async function agree(question: Question): Promise<void> {
  if (await confirm(question)) return;
  throw taskErrors.create('DS_TASK_DECLINED', { task: question.task });
}
