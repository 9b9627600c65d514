import type { LogMessage } from '../messages.ts';

export const eventMessages = {
  TDM_EVENTS_LOST: {
    level: 'warn',
    text: 'lease events were lost',
    meaning:
      'More leases changed than the listeners to lease events (scripts, DNS updates, forensic log) could be told. The leases themselves are safe. The field lost counts the events; if it happens again, the machine has too little processor time for what listens.',
  },
  TDM_EVENTS_SCRIPT_FAILED: {
    level: 'error',
    text: 'the script for lease events cannot be run',
    meaning:
      'The program that libdhcp_run_script.so names could not be started; the field reason says why. It is said once until a start succeeds again. Look at the path, its permissions and the limit of processes.',
  },
  TDM_EVENTS_SCRIPTS_DROPPED: {
    level: 'warn',
    text: 'calls of the script for lease events were dropped',
    meaning:
      'Events come faster than the program that libdhcp_run_script.so names ends, and no more calls could wait. The field dropped counts all since the configuration was taken. Make the program faster, or let it hand its work to a service.',
  },
  TDM_EVENTS_LEGAL_LOG_FAILED: {
    level: 'error',
    text: 'the forensic log cannot be written',
    meaning:
      'Lines about leases are lost until it can be written again, which is said with their number. Leases are given all the same. The fields name the file, or the facility of the system’s log, and the reason: make room, mend the permissions, or see that a log daemon runs and keeps up.',
  },
  TDM_EVENTS_LEGAL_LOG_GOES_ON: {
    level: 'warn',
    text: 'the forensic log is written again',
    meaning: 'The field lost counts the lines that were lost since the configuration was taken.',
  },
} as const satisfies Record<string, LogMessage>;
