import type { LogMessage } from '../messages.ts';

export const perfmonMessages = {
  TDM_PERFMON_ALARM_TRIGGERED: {
    level: 'warn',
    text: 'an alarm has been triggered, the reported mean duration exceeds high-water-ms',
    meaning:
      'Answers take longer than an alarm of libdhcp_perfmon.so allows: `duration` is the one that it watches, `since` when it was triggered (UTC), `mean` the mean of the last interval in hours, minutes and seconds, `highWaterMs` the limit. It is said again every `alarm-report-secs` until the mean falls below `low-water-ms`. Kea says PERFMON_ALARM_TRIGGERED. A long `socket_received-buffer_read` means that queries wait in the socket because the server has no time for them, a long `process_started-process_completed` of a DHCPREQUEST that the disk or the partner is slow.',
  },
  TDM_PERFMON_ALARM_CLEARED: {
    level: 'info',
    text: 'an alarm has been cleared, the reported mean duration is now below low-water-ms',
    meaning:
      'The mean of the last interval of `duration` is below the limit `lowWaterMs` again. Kea says PERFMON_ALARM_CLEARED.',
  },
  TDM_PERFMON_CONTROLLED: {
    level: 'info',
    text: 'perfmon-control command success',
    meaning:
      'A command has switched monitoring, or the reporting of statistics, on or off, until the configuration is reloaded: `activeMonitoring` and `statsMgrReporting` are what holds now. Kea says PERFMON_CMDS_CONTROL_OK.',
  },
} as const satisfies Record<string, LogMessage>;
