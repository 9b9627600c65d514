/** `loggers` with values that are refused. */
import { checkRefused, dhcp4 } from '../fixtures/marked-file.ts';

checkRefused({
  loggers: [
    [dhcp4('"loggers": [ §{} ]'), 'Dhcp4/loggers[0]/name', 'nothing', 'a string that is not blank'],
    [
      dhcp4('"loggers": [ { "name": "kea-dhcp4", "severity": §"info" } ]'),
      'Dhcp4/loggers[0]/severity',
      '"info"',
      'one of "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "NONE"',
    ],
    [
      dhcp4('"loggers": [ { "name": "kea-dhcp4", "debuglevel": §100 } ]'),
      'Dhcp4/loggers[0]/debuglevel',
      '100',
      'an integer from 0 to 99',
    ],
    [
      dhcp4('"loggers": [ { "name": "kea-dhcp4", "output-options": [ §{} ] } ]'),
      'Dhcp4/loggers[0]/output-options[0]/output',
      'nothing',
      'a string that is not blank',
    ],
    [
      dhcp4('"loggers": [ { "name": "x", "output-options": [], §"output_options": [] } ]'),
      'Dhcp4/loggers[0]/output_options',
      '"output_options" beside "output-options"',
      'one of the two',
    ],
  ],
});
