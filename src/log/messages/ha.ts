/** Messages of high availability: the state machine, the partner, synchronization, the service switch. */
import type { LogMessage } from '../messages.ts';

export const haMessages = {
  TDM_HA_STARTED: {
    level: 'info',
    text: 'high availability started',
    meaning:
      'The state machine runs, from the state waiting. The first heartbeat goes out one heartbeat-delay later.',
  },
  TDM_HA_SETTINGS_CHANGED: {
    level: 'info',
    text: 'the relationship goes on with other settings',
    meaning:
      'A reload changed what `changed` names; the state is as it was. For everything else of a relationship the state machine would have begun anew. Nothing to do.',
  },
  TDM_HA_STATE_CHANGED: {
    level: 'info',
    text: 'HA state changed',
    meaning:
      'The pair works differently from now on: `to` says how (docs/ha.md), `reason` says on which figures it was decided, `partner` is what the partner reported last.',
  },
  TDM_HA_PAUSED: {
    level: 'info',
    text: 'HA state machine paused',
    meaning:
      'The configuration has a pause for this state. Heartbeats and service go on, the machine stays until ha-continue.',
  },
  TDM_HA_CONTINUED: {
    level: 'info',
    text: 'HA state machine continues',
    meaning: 'ha-continue ended a pause; the next heartbeat decides.',
  },
  TDM_HA_TERMINATED: {
    level: 'error',
    text: 'HA relationship terminated',
    meaning:
      'The servers cannot work as a pair: their clocks are too far apart or the partner rejects our lease updates. Each answers its own clients without telling the other. Mend what `reason` names and restart both servers within 10 minutes.',
  },
  TDM_HA_PARTNER_STATE_INVALID: {
    level: 'warn',
    text: 'partner reports a state of another mode',
    meaning:
      'The two servers are configured with different values of `mode`. This server waits until they agree.',
  },
  TDM_HA_HEARTBEAT_FAILED: {
    level: 'warn',
    text: 'heartbeat failed',
    meaning:
      'The partner gave no usable answer; `reason` says why. It is taken for unavailable until it does.',
  },
  TDM_HA_COMMUNICATION_INTERRUPTED: {
    level: 'warn',
    text: 'communication with the partner is interrupted',
    meaning:
      'There was no good heartbeat for longer than max-response-delay. From now on the clients of the partner are watched; too many unanswered ones lead to partner-down.',
  },
  TDM_HA_CLIENTS_UNACKED: {
    level: 'info',
    text: 'clients of the silent partner get no answer',
    meaning:
      'Clients have been asking for longer than max-ack-delay. When `left` more have, this server becomes partner-down.',
  },
  TDM_HA_CLOCK_SKEW: {
    level: 'warn',
    text: 'clocks of the pair differ',
    meaning: 'At more than 60 s the relationship is terminated. Check time synchronization on both servers.',
  },
  TDM_HA_UPDATE_FAILED: {
    level: 'warn',
    text: 'lease update to the partner failed',
    meaning: 'The clients concerned got no answer and will ask again. The partner is taken for unavailable.',
  },
  TDM_HA_UPDATES_REJECTED: {
    level: 'warn',
    text: 'partner rejected lease updates as conflicting',
    meaning:
      'The partner does not know the subnet, or is working on the same address. When max-rejected-lease-updates clients are concerned, the relationship is terminated. Compare the subnets of both servers.',
  },
  TDM_HA_STORAGE_FAILED: {
    level: 'error',
    text: 'leases cannot be stored: the partner is to take over',
    meaning:
      'The lease file has taken no leases for five seconds (TDM_JOURNAL_FAILING or TDM_JOURNAL_STALLED say why). With a partner to take over, this server goes to waiting and answers neither clients nor heartbeats, so that the partner goes to partner-down. Mend the disk; nothing else is to be done.',
  },
  TDM_HA_STORAGE_RECOVERED: {
    level: 'info',
    text: 'leases can be stored again',
    meaning:
      'A server that had left the service to its partner begins anew: it synchronizes and comes back. Nothing to do.',
  },
  TDM_HA_UPDATES_LOST: {
    level: 'warn',
    text: 'too many lease updates failed to be sent again',
    meaning:
      'The partner was silent and more leases changed than are kept in mind for it. It is told to synchronize (ha-reset) when it is back. Nothing to do.',
  },
  TDM_HA_SYNC_STARTED: {
    level: 'info',
    text: 'synchronization of leases started',
    meaning:
      'Leases are fetched `by` the lease stream, while the source goes on serving, or by pages, with its service off. `kind` says how: `exchange` in the state syncing, and what only this server has is given to it; `settle` the same with a Kea that waits in ready; `collect` slowly, while both serve, what a Kea may have kept to itself; `fetch` by ha-sync.',
  },
  TDM_HA_SYNC_BY_PAGES: {
    level: 'info',
    text: 'the synchronization goes by pages',
    meaning:
      'The source does not give its leases by the lease stream now; `reason` says why. They are fetched by requests instead, with its service held off meanwhile. Nothing to do.',
  },
  TDM_HA_SYNC_PROGRESS: {
    level: 'info',
    text: 'synchronization of leases under way',
    meaning:
      '`rows` leases of about `total` have been taken, `perSecond` each second; it takes about `leftSec` seconds more. The source serves its clients meanwhile.',
  },
  TDM_HA_SYNC_SUCCEEDED: {
    level: 'info',
    text: 'synchronization of leases complete',
    meaning:
      'All leases of the source that are newer than ours are here and on stable storage; `given` of ours that were missing there are there now.',
  },
  TDM_HA_SYNC_LEASE_REFUSED: {
    level: 'warn',
    text: 'lease not taken by the partner during a synchronization',
    meaning:
      'The partner answers well, but not for this lease; `reason` are its words. Only this lease is missing there. Compare the subnets of both servers, and their versions. Only the first few are logged, all are counted.',
  },
  TDM_HA_SYNC_FAILED: {
    level: 'error',
    text: 'synchronization of leases failed',
    meaning:
      'What had arrived stays. In the state syncing it is tried again after the next good heartbeat; `reason` says what to mend.',
  },
  TDM_HA_SYNC_LEASE_SKIPPED: {
    level: 'warn',
    text: 'lease of the source not taken over',
    meaning:
      'One entry could not be used; `reason` says why. Only the first few are logged, all are counted.',
  },
  TDM_HA_BACKLOG_STARTED: {
    level: 'info',
    text: 'sending the updates that were kept for the partner',
    meaning: 'The partner can be reached again after communication-recovery.',
  },
  TDM_HA_BACKLOG_SENT: {
    level: 'info',
    text: 'updates kept for the partner delivered',
    meaning: 'The partner has every lease given during communication-recovery.',
  },
  TDM_HA_BACKLOG_FAILED: {
    level: 'warn',
    text: 'updates kept for the partner could not be delivered',
    meaning: 'The partner is told to synchronize (ha-reset) and this server does so as well.',
  },
  TDM_HA_RESET_SENT: {
    level: 'info',
    text: 'partner was reset',
    meaning: 'Updates for it were lost; it synchronizes from the beginning.',
  },
  TDM_HA_RESET_FAILED: {
    level: 'warn',
    text: 'partner could not be reset',
    meaning:
      'It is tried again at the next heartbeat; until then this server stays in communication-recovery.',
  },
  TDM_HA_SHUTDOWN_SAFE: {
    level: 'info',
    text: 'this server can be shut down',
    meaning: 'It is in-maintenance: silent, while the partner serves everything.',
  },
  TDM_HA_POLICY_NOT_APPLIED: {
    level: 'error',
    text: 'packet threads did not take over a policy',
    meaning:
      'A shard did not confirm the rules it was given. It may answer clients that belong to the partner; restart the server if it does not recover.',
  },
  TDM_HA_SERVICE_HELD: {
    level: 'info',
    text: 'DHCP service held off',
    meaning:
      '`origin` says by whom: 1 a user, 1000 the state machine, 2000 the partner. The service is on only while nobody holds it off.',
  },
  TDM_HA_SERVICE_RELEASED: {
    level: 'info',
    text: 'DHCP service released',
    meaning: 'One origin ended its hold; `serviceOn` says whether queries are answered now.',
  },
  TDM_HA_SERVICE_HOLD_EXPIRED: {
    level: 'warn',
    text: 'hold on the DHCP service expired',
    meaning:
      'Whoever held the service off with a time limit did not come back in time; for the partner (2000) this means that its synchronization broke off.',
  },
} as const satisfies Record<string, LogMessage>;
