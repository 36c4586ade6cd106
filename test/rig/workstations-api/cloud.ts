/** Where in a cloud something is. */
export interface CloudPlace {
  project: string;
  region: string;
  cluster: string;
  config: string;
}

/** A workstation as the API tells of it. */
export interface CloudWorkstation {
  /** `projects/P/locations/R/workstationClusters/C/workstationConfigs/G/workstations/N` */
  name: string;
  uid: string;
  /** One of the API's words, or whatever a test lies. */
  state: string;
  reconciling?: boolean;
  host: string;
  createTime: string;
}

/** A configuration as the API tells of it. */
export interface CloudConfig {
  name: string;
  idleTimeout: string;
  runningTimeout: string;
  host: { gceInstance: { machineType: string } };
  container: { image: string };
  [more: string]: unknown;
}

export interface CloudError {
  /** Of google.rpc: 9 is a failed precondition, 8 an exhausted resource. */
  code: number;
  message: string;
}

export interface CloudOperation {
  name: string;
  done: boolean;
  metadata: { target: string; verb: string };
  error?: CloudError;
  response?: unknown;
}

/** A call that the API refuses, with HTTP's number and its own word. */
export class CloudRefusal extends Error {
  readonly code: number;
  readonly status: string;

  constructor(code: number, status: string, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export type Verb = 'create' | 'start' | 'stop' | 'delete';

interface Change {
  operation: CloudOperation;
  looksLeft: number;
  succeed(): void;
  fail(): void;
  error: CloudError | undefined;
}

/** What a cloud holds. Nothing in it moves by itself: what is under way ends after so many looks. */
export type Cloud = ReturnType<typeof createCloud>;

/** `host` is where tunnels knock; `looks`, how often one sees a change under way before it is done. */
export function createCloud({ host, looks: first }: { host(): string; looks: number }) {
  const configs = new Map<string, CloudConfig>();
  const workstations = new Map<string, CloudWorkstation>();
  const operations = new Map<string, CloudOperation>();
  const changes = new Map<string, Change>();
  let looks = first;
  let made = 0;

  const add = (name: string, state: string): CloudWorkstation => {
    made += 1;
    const uid = `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
    const createTime = new Date(Date.UTC(2026, 0, 1, 0, 0, made)).toISOString();
    const workstation = { name, uid, state, host: host(), createTime };
    workstations.set(name, workstation);
    return workstation;
  };

  const get = (name: string): CloudWorkstation => {
    const found = workstations.get(name);
    if (!found) throw new CloudRefusal(404, 'NOT_FOUND', `Resource '${name}' was not found`);
    return found;
  };

  const getConfig = (name: string): CloudConfig => {
    const found = configs.get(name);
    if (!found) throw new CloudRefusal(404, 'NOT_FOUND', `Resource '${name}' was not found`);
    return found;
  };

  const end = (name: string, change: Change): void => {
    changes.delete(name);
    change.operation.done = true;
    if (change.error) {
      change.operation.error = change.error;
      change.fail();
    } else {
      change.succeed();
      change.operation.response = workstations.get(name) ?? {};
    }
  };

  /** A change of before that is still under way comes to nothing. */
  const begin = (
    target: string,
    verb: Verb,
    change: Pick<Change, 'succeed' | 'fail' | 'error'>,
  ): CloudOperation => {
    const [place] = target.split('/workstationClusters/');
    const name = `${place}/operations/operation-${operations.size + 1}`;
    const operation: CloudOperation = { name, done: false, metadata: { target, verb } };
    operations.set(name, operation);
    const former = changes.get(target);
    if (former) {
      former.operation.done = true;
      former.operation.error = { code: 1, message: 'The operation was cancelled.' };
    }
    changes.set(target, { ...change, operation, looksLeft: looks });
    return operation;
  };

  const look = (name: string): void => {
    const change = changes.get(name);
    if (change && --change.looksLeft < 0) end(name, change);
  };

  const refuseUnless = (found: CloudWorkstation, states: readonly string[], verb: Verb): void => {
    if (!found.reconciling && states.includes(found.state)) return;
    const now = found.reconciling ? 'being changed' : found.state;
    throw new CloudRefusal(
      400,
      'FAILED_PRECONDITION',
      `Workstation ${found.name} can not ${verb}: it is ${now}.`,
    );
  };

  return {
    configs,
    workstations,
    getConfig,
    add,
    takes: (count: number) => void (looks = count),
    settle: () => changes.forEach((change, name) => end(name, change)),
    remove: (name: string) => void (workstations.delete(name) && changes.delete(name)),
    get(name: string): CloudWorkstation {
      look(name);
      return get(name);
    },
    operation(name: string): CloudOperation {
      const found = operations.get(name);
      if (!found) throw new CloudRefusal(404, 'NOT_FOUND', `Operation ${name} was not found`);
      if (!found.done) look(found.metadata.target);
      return found;
    },
    create(name: string, error?: CloudError): CloudOperation {
      getConfig(name.slice(0, name.indexOf('/workstations/')));
      if (workstations.has(name)) {
        throw new CloudRefusal(409, 'ALREADY_EXISTS', `Resource '${name}' already exists`);
      }
      const workstation = add(name, 'STATE_STOPPED');
      workstation.reconciling = true;
      return begin(name, 'create', {
        error,
        succeed: () => delete workstation.reconciling,
        fail: () => workstations.delete(name),
      });
    },
    start(name: string, error?: CloudError): CloudOperation {
      const found = get(name);
      refuseUnless(found, ['STATE_STOPPED'], 'start');
      found.state = 'STATE_STARTING';
      return begin(name, 'start', {
        error,
        succeed: () => (found.state = 'STATE_RUNNING'),
        fail: () => (found.state = 'STATE_STOPPED'),
      });
    },
    stop(name: string, error?: CloudError): CloudOperation {
      const found = get(name);
      refuseUnless(found, ['STATE_RUNNING', 'STATE_STARTING'], 'stop');
      found.state = 'STATE_STOPPING';
      return begin(name, 'stop', {
        error,
        succeed: () => (found.state = 'STATE_STOPPED'),
        fail: () => (found.state = 'STATE_RUNNING'),
      });
    },
    delete(name: string, error?: CloudError): CloudOperation {
      const found = get(name);
      found.reconciling = true;
      return begin(name, 'delete', {
        error,
        succeed: () => workstations.delete(name),
        fail: () => delete found.reconciling,
      });
    },
  };
}
