import { isObject } from 'devservices/machine';
import type { RelayRequest, ServiceRequest, StartRequest } from './protocol.ts';

/** Whether a body names a service: what is in it becomes the name of a file. */
export function isServiceRequest(body: object): body is ServiceRequest {
  const { project, service, id } = body as Partial<ServiceRequest>;
  return isName(project) && isName(service) && isName(id);
}

export function isStartRequest(body: object): body is StartRequest {
  const { target, id, callerEnvironment } = body as Partial<StartRequest>;
  return isOwned(target) && isObject(target.run) && isName(id) && isObject(callerEnvironment);
}

export function isRelayRequest(body: object): body is RelayRequest {
  const { port, at } = body as Partial<RelayRequest>;
  return isOwned(body) && isObject(port) && typeof at === 'string';
}

function isOwned(target: unknown): target is StartRequest['target'] {
  const { project, service } = (target ?? {}) as Partial<StartRequest['target']>;
  return isName(project?.project) && isName(service);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9][a-z0-9_-]*$/i.test(value);
}
