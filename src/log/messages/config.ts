import type { LogMessage } from '../messages.ts';

export const configMessages = {
  TDM_CONFIG_LOADED: {
    level: 'info',
    text: 'configuration loaded',
    meaning:
      'The configuration file was read and found right; the fields name the file and count subnets and warnings. Nothing is to be done.',
  },
  TDM_CONFIG_WARNING: {
    level: 'warn',
    text: 'the configuration holds something doubtful',
    meaning:
      'The server works with the configuration, but one value has no effect or carries a risk. The fields name the place, what was found and what would be better; change it or accept it.',
  },
  TDM_CONFIG_PROBLEM: {
    level: 'error',
    text: 'the configuration holds an error',
    meaning:
      'One entry for each error: the place by file, line and path, what was found and what was expected. Correct all of them, then start or reload again.',
  },
  TDM_CONFIG_REFUSED: {
    level: 'error',
    text: 'the configuration was refused',
    meaning:
      'The new configuration has errors, which stand in the entries before this one. A running server goes on with the configuration it has; a starting one stops.',
  },
} as const satisfies Record<string, LogMessage>;
