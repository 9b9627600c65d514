/**
 * Networks for tests: every host is a network namespace, every segment a bridge in one more namespace, joined by veth
 * pairs. Nothing appears in the machine's own network, so deleting the namespaces removes all of it. Names carry the
 * number of the process that made them, by which a later run finds and removes what a killed one left.
 */
import { execFileSync } from 'node:child_process';
import { insideNamespace } from './inside.ts';
import { isAbandoned } from './leftovers.ts';
import {
  type ProgramOptions,
  type ProgramResult,
  type RunningProgram,
  runProgram,
  SYSTEM_PATH,
  startProgram,
} from './programs.ts';

/** `tdm-<process>-<number>-<host>`. */
const NAMESPACE_PATTERN = /^tdm-(\d+)-\d+-/;

export interface Attachment {
  /** "10.64.0.1/14"; absent for an interface that a DHCP client is to configure. */
  readonly address?: string;
  /** "0a:00:00:00:00:01"; absent = the kernel's choice. */
  readonly mac?: string;
}

/** Segment name -> host name -> interface. The interface has the segment's name, so at most 15 characters. */
export type NetworkPlan = Readonly<Record<string, Readonly<Record<string, Attachment>>>>;

export interface Network {
  run(
    host: string,
    program: string,
    args: readonly string[],
    options?: ProgramOptions,
  ): Promise<ProgramResult>;
  start(host: string, program: string, args: readonly string[], options?: ProgramOptions): RunningProgram;
  /** Lets this process open sockets on a host (inside.ts). */
  inside<T>(host: string, act: () => T): T;
  /** The command that runs another one on a host, put before it. */
  enter(host: string): readonly string[];
  /** Joins a host to a segment, again when its interface was deleted. */
  attach(host: string, segment: string, attachment: Attachment): void;
  /** Joins two hosts by a cable, with no switch between them; its name is that of both interfaces. */
  connect(cable: string, ends: Readonly<Record<string, Attachment>>): void;
  /** Kills what runs inside and deletes the namespaces. Safe to call twice. */
  remove(): void;
}

/** The part of a tap test that is used here. */
export interface Teardown {
  teardown(handler: () => unknown): unknown;
}

let networkCount = 0;
const own = new Set<string>();
process.on('exit', removeOwn);

/**
 * Builds the network; it is removed when the test ends, however it ends.
 * Pre: root. @throws Error of `ip` when the kernel refuses.
 */
export function createNetwork(t: Teardown, plan: NetworkPlan): Network {
  removeLeftovers();
  const prefix = `tdm-${process.pid}-${networkCount++}-`;
  const names = new Set<string>();
  const remove = (): void => {
    for (const name of names) removeNamespace(name);
    names.clear();
  };
  t.teardown(remove);
  const addHost = (host: string): string => {
    const name = prefix + host;
    if (!names.has(name)) addNamespace(name, names);
    return name;
  };
  const hub = addHost('switch');
  let portCount = 0;
  const join = (host: string, segment: string, attachment: Attachment): void =>
    attach(addHost(host), hub, segment, attachment, `port${portCount++}`);
  for (const [segment, hosts] of Object.entries(plan)) {
    ip('-n', hub, 'link', 'add', 'name', segment, 'type', 'bridge');
    ip('-n', hub, 'link', 'set', 'dev', segment, 'up');
    for (const [host, attachment] of Object.entries(hosts)) join(host, segment, attachment);
  }
  const namespaceOf = (host: string): string => {
    if (!names.has(prefix + host)) throw new Error(`no host ${host} in this network`);
    return prefix + host;
  };
  const enter = (host: string, ...command: readonly string[]): string[] => [
    'netns',
    'exec',
    namespaceOf(host),
    ...command,
  ];
  return {
    run: (host, program, args, options) => runProgram('ip', enter(host, program, ...args), options),
    start: (host, program, args, options) => startProgram('ip', enter(host, program, ...args), options),
    inside: (host, act) => insideNamespace(namespaceOf(host), act),
    enter: (host) => ['ip', ...enter(host)],
    attach: join,
    connect: (cable, ends) => {
      const [one = '', other = ''] = Object.keys(ends).map(addHost);
      const [near, far] = Object.values(ends).map(hardwareOf);
      const peer = ['type', 'veth', 'peer', 'name', cable, ...far!, 'netns', other];
      ip('link', 'add', 'name', cable, ...near!, 'netns', one, ...peer);
      for (const [host, attachment] of Object.entries(ends)) setUp(prefix + host, cable, attachment);
    },
    remove,
  };
}

/** Removes the namespaces of test processes that no longer exist. */
export function removeLeftovers(): void {
  for (const name of namespaceNames()) {
    const creator = NAMESPACE_PATTERN.exec(name)?.[1];
    if (creator === undefined || own.has(name) || !isAbandoned(Number(creator))) continue;
    try {
      removeNamespace(name);
    } catch {
      // A test beside this one is removing it.
    }
  }
}

/** Names of all network namespaces of the machine. */
export function namespaceNames(): string[] {
  return ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ', 1)[0] ?? '')
    .filter((name) => name !== '');
}

function addNamespace(name: string, names: Set<string>): void {
  ip('netns', 'add', name);
  names.add(name);
  own.add(name);
  ip('-n', name, 'link', 'set', 'dev', 'lo', 'up');
}

function attach(host: string, hub: string, segment: string, attachment: Attachment, port: string): void {
  const near = ['link', 'add', 'name', segment, ...hardwareOf(attachment), 'netns', host];
  ip(...near, 'type', 'veth', 'peer', 'name', port, 'netns', hub);
  ip('-n', hub, 'link', 'set', 'dev', port, 'master', segment, 'up');
  setUp(host, segment, attachment);
}

function hardwareOf({ mac }: Attachment): string[] {
  return mac === undefined ? [] : ['address', mac];
}

function setUp(host: string, name: string, { address }: Attachment): void {
  ip('-n', host, 'link', 'set', 'dev', name, 'up');
  if (address !== undefined) ip('-n', host, 'address', 'add', address, 'dev', name);
}

/** The processes inside were started by the test that owns the namespace: nothing else has its name. */
function removeNamespace(name: string): void {
  own.delete(name);
  try {
    for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) kill(Number(pid));
    ip('netns', 'delete', name);
  } catch (error) {
    if (namespaceNames().includes(name)) throw error;
  }
}

function removeOwn(): void {
  for (const name of own) removeNamespace(name);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function ip(...args: string[]): string {
  const env = { ...process.env, PATH: SYSTEM_PATH };
  return execFileSync('ip', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
}
