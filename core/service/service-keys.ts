import type { ServiceFields } from '../contracts.ts';
import type { Service } from './service.ts';

type Own = Exclude<keyof Service, keyof ServiceFields>;

const keys: Readonly<Record<Own, true>> = {
  run: true,
  ports: true,
  ready: true,
  exports: true,
  dependsOn: true,
  onlyIf: true,
  profiles: true,
  autoStart: true,
  onReady: true,
};

/** Whether core itself gives this field of a service its meaning. */
export function isCoreServiceField(name: string): boolean {
  return Object.hasOwn(keys, name);
}
