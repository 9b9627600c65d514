import type { LogMessage } from '../messages.ts';

export const logMessages = {
  TDM_LOG_OUTPUT_FAILED: {
    level: 'error',
    text: 'an output of the log takes no lines',
    meaning:
      'A line could not be written to the output that the fields name, for the reason that they give (ENOSPC: the disk is full; EAGAIN: the reader of a pipe or the log daemon has fallen behind). The service goes on; every further line is tried again. When no other output takes this message, it is on standard error.',
  },
  TDM_LOG_LINES_LOST: {
    level: 'warn',
    text: 'an output of the log takes lines again',
    meaning:
      'The output that the fields name works again; `lost` counts the lines that it has not taken since TDM_LOG_OUTPUT_FAILED. Other outputs have them.',
  },
  TDM_LOG_ROTATION_FAILED: {
    level: 'error',
    text: 'a log file could not be rotated',
    meaning:
      'The file has reached its `maxsize`, but it could not be moved away or a new one could not be made, for the reason that the fields give. No line is lost: the file goes on growing, and the rotation is tried again when it has grown by that size once more. Give the user of the server the right to write to the directory.',
  },
} as const satisfies Record<string, LogMessage>;
