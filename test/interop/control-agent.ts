/**
 * Debian's kea-ctrl-agent in front of the unix socket of a server, Kea or Tandem, and what asks through it: HTTP as
 * programs do, and kea-shell as administrators do.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import type { CommandAnswer } from './command.ts';
import type { CommandCase } from './command-cases.ts';
import type { Teardown } from './network.ts';
import { type ProgramEnd, SYSTEM_PATH, startProgram } from './programs.ts';

export const AGENT_PROGRAMS = ['kea-ctrl-agent', 'kea-shell'];
const START_TIMEOUT_MS = 10_000;
/** Reading 2 MB takes the agent most of a second, and it reads one answer after the other. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface ControlAgent {
  /** The octets of the HTTP body. @throws Error when the agent is gone before it is whole */
  post(which: CommandCase): Promise<string>;
  /** What kea-shell prints. */
  shell(which: CommandCase): Promise<string>;
  stop(signal: NodeJS.Signals): Promise<ProgramEnd>;
}

/** The answer of the one server in what came through the agent. */
export function forwarded(text: string): CommandAnswer {
  const answers: unknown = JSON.parse(text);
  if (!Array.isArray(answers) || answers.length !== 1) throw new Error(`not one answer: ${text}`);
  return answers[0];
}

/** Starts an agent that serves `socketName`; its files are in `directory`. */
export async function startControlAgent(
  t: Teardown,
  directory: string,
  socketName: string,
): Promise<ControlAgent> {
  // The agent cannot choose one itself.
  const port = await findFreeTcpPort('127.0.0.1');
  const file = join(directory, `agent-${port}.json`);
  writeFileSync(file, JSON.stringify(configurationOf(port, socketName)));
  const env = { KEA_LOCKFILE_DIR: 'none', KEA_PIDFILE_DIR: directory };
  const agent = startProgram('kea-ctrl-agent', ['-c', file], { env });
  t.teardown(() => agent.stop('SIGKILL'));
  await agent.waitForOutput(/CTRL_AGENT_HTTP_SERVICE_STARTED/, START_TIMEOUT_MS);
  return {
    post: (which) => post(port, which),
    shell: (which) => shell(port, which),
    stop: (signal) => agent.stop(signal),
  };
}

function configurationOf(port: number, socketName: string): unknown {
  const dhcp4 = { 'socket-type': 'unix', 'socket-name': socketName };
  const loggers = [
    { name: 'kea-ctrl-agent', severity: 'INFO', output_options: [{ output: 'stdout', flush: true }] },
  ];
  return {
    'Control-agent': {
      'http-host': '127.0.0.1',
      'http-port': port,
      'control-sockets': { dhcp4 },
      loggers,
    },
  };
}

function post(port: number, { command, args }: CommandCase): Promise<string> {
  const body = JSON.stringify({ command, service: ['dhcp4'], arguments: args });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { host: '127.0.0.1', port, method: 'POST', headers, agent: false };
    const asking = request({ ...options, timeout: ANSWER_TIMEOUT_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => resolve(text));
    });
    asking.on('timeout', () => asking.destroy(new Error(`${command}: no answer through the agent`)));
    asking.on('error', reject);
    asking.end(body);
  });
}

/** Arguments go to the standard input, as its manual says: without the braces. */
function shell(port: number, { command, args }: CommandCase): Promise<string> {
  const words = ['--host', '127.0.0.1', '--port', `${port}`, '--service', 'dhcp4', command];
  return new Promise((resolve, reject) => {
    const child = spawn('kea-shell', words, { env: { ...process.env, PATH: SYSTEM_PATH } });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
    child.stdin.end(args === undefined ? '' : JSON.stringify(args).slice(1, -1));
  });
}
