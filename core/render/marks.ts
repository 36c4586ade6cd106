import type { StateName } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';

/** The sign in front of a service in that state. */
export function markOf(state: StateName, style: TextStyle): string {
  switch (state) {
    case 'ready':
    case 'completed':
      return style.green('✔');
    case 'failed':
      return style.red('✘');
    case 'unhealthy':
      return style.yellow('!');
    case 'skipped':
      return style.yellow('–');
    case 'stopped':
      return style.dim('■');
    case 'running':
      return style.green('▸');
    case 'pending':
    case 'pulling':
    case 'starting':
      return style.dim('·');
  }
}
