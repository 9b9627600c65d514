import type { LogMessage } from '../messages.ts';

export const controlMessages = {
  TDM_CONTROL_COMMAND: {
    level: 'debug',
    text: 'control command received',
    meaning: 'A command came in over HTTP, the unix socket or the peer port and is being run. Nothing to do.',
  },
  TDM_CONTROL_COMMAND_FAILED: {
    level: 'error',
    text: 'a control command ended with an unexpected error',
    meaning:
      'The handler of this command broke off; its sender got result 1 and the server goes on. The stack in `err` shows where: please report it.',
  },
  TDM_CONTROL_HTTP_LISTENING: {
    level: 'info',
    text: 'listening for control commands over HTTP',
    meaning:
      'Commands and the pages /healthz, /readyz, /metrics and /why are served here. Whoever reaches this port may stop the server: keep it on loopback or behind a firewall.',
  },
  TDM_CONTROL_METRICS_FAILED: {
    level: 'error',
    text: 'the metrics could not be read',
    meaning:
      'A part of the server broke off while it was asked for its figures; the scrape got status 500. The stack in `err` shows where: please report it.',
  },
  TDM_CONTROL_UNIX_LISTENING: {
    level: 'info',
    text: 'listening on the unix control socket',
    meaning: 'Commands are taken at this path. Nothing to do.',
  },
  TDM_CONTROL_UNIX_STALE: {
    level: 'info',
    text: 'removed a control socket that nobody listened on',
    meaning:
      'The previous server at this path ended without cleaning up, by a crash or a kill. Nothing to do.',
  },
  TDM_CONTROL_UNIX_REFUSED: {
    level: 'warn',
    text: 'a command on the unix control socket was refused before it ran',
    meaning:
      'What came was no JSON map, too large, too deep, incomplete or too slow; `reason` says which. Its sender got result 1. Look at the program that sends it.',
  },
  TDM_CONTROL_UNIX_CROWDED: {
    level: 'warn',
    text: 'too many connections to the unix control socket, the oldest idle ones are closed',
    meaning:
      'Some program opens connections and sends no command. Find it with `ss -xp`; commands sent at once still get through. Logged once until the crowd is gone.',
  },
  TDM_CONTROL_UNIX_BROKEN: {
    level: 'debug',
    text: 'a connection of the unix control socket broke off',
    meaning:
      'The client went away before it had read its answer, or the answer could not be encoded; see `err`.',
  },
} as const satisfies Record<string, LogMessage>;
