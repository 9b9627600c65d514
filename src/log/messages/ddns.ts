import type { LogMessage } from '../messages.ts';

export const ddnsMessages = {
  TDM_DDNS_SEND_FAILED: {
    level: 'error',
    text: 'a name change request could not be sent',
    meaning:
      'Leases are given as before, but DNS does not hear of them. `error` says why: correct the addresses and ports of `dhcp-ddns`, or the way to `server`. Said once until a request leaves again; `tandem-ddns-send-failed` counts all. lease4-resend-ddns sends the name of a lease once more.',
  },
  TDM_DDNS_SENDING_AGAIN: {
    level: 'info',
    text: 'name change requests can be sent again',
    meaning: 'What failed meanwhile is not sent again by itself.',
  },
  TDM_DDNS_LOST: {
    level: 'warn',
    text: 'name change requests were lost because too many wait',
    meaning:
      '`lost` requests since the last such message, which comes once a minute at most. The names of these leases are missing in DNS, or stay there, until the lease is renewed with another name, released or runs out; raise `max-queue-size` of `dhcp-ddns` when bursts are the cause. `tandem-ddns-lost` counts all.',
  },
} as const satisfies Record<string, LogMessage>;
