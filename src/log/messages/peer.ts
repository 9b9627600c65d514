import type { LogMessage } from '../messages.ts';

/** Messages of the peer link, and of the HTTP server that it shares with the control API. */
export const peerMessages = {
  TDM_PEER_LISTENING: {
    level: 'info',
    text: 'listening for the other servers of the relationship',
    meaning: 'Peers reach this server at this address and port. Nothing to do.',
  },
  TDM_PEER_BACKUP_LOST: {
    level: 'warn',
    text: 'lease updates to a backup server fail',
    meaning:
      'The backup did not take them, or was too slow for its queue; `reason` says which. Clients are served on. The backup lacks these leases: once it is well, run ha-sync there. Logged once until the backup takes updates again.',
  },
  TDM_PEER_BACKUP_BACK: {
    level: 'info',
    text: 'a backup server takes lease updates again',
    meaning: 'The `lost` updates before this moment are missing there: run ha-sync on the backup.',
  },
  TDM_PEER_CONFLICT: {
    level: 'warn',
    text: 'the partner refused lease updates as conflicts',
    meaning:
      'The partner knows no such subnet, or the address does not belong to it. Compare the subnets of both servers: ids and prefixes must be the same. The clients concerned got no answer and will try again.',
  },
  TDM_PEER_LEASE_REFUSED: {
    level: 'warn',
    text: 'the partner cannot hold a lease',
    meaning:
      'The partner answers well, but not for this lease; `reason` are its words, for example that the client identifier is too long for it. The client gets no answer, everybody else does. Look at the client, or bring the partner to a newer version. Logged once a minute; `suppressed` counts what came in between.',
  },
  TDM_PEER_BACKLOG_OVERFLOWN: {
    level: 'warn',
    text: 'the backlog of lease updates for the partner is full',
    meaning:
      'More leases changed than `delayed-updates-limit` while the partner was out of reach. Nothing is lost: the partner will synchronize its whole lease database when it is back. Raise the limit to make this rarer.',
  },
  TDM_STREAM_UP: {
    level: 'info',
    text: 'lease updates to and from the partner go by a stream',
    meaning:
      'Both servers are Tandems and have opened a connection for their lease updates, which is many times faster than a request for each. Nothing to do.',
  },
  TDM_STREAM_DOWN: {
    level: 'warn',
    text: 'the lease stream to the partner has ended',
    meaning:
      '`reason` says why. The `unconfirmed` updates that were on their way count as failed: their clients got no answer and ask again, and the partner is taken for unavailable until its next heartbeat. Until a stream is up again, which is tried at once, and after each heartbeat, updates go by request. One line when the partner stops is what is to be expected; many lines show a network or a partner in trouble.',
  },
  TDM_STREAM_NOT_UP: {
    level: 'warn',
    text: 'a lease stream to the partner did not come up',
    meaning:
      '`reason` says why. Lease updates go by request meanwhile, which is slower and loses nothing. It is tried again after each heartbeat. When it lasts: both servers must have the same names for each other, and what stands between them must let a connection of HTTP be upgraded.',
  },
  TDM_PEER_CREDENTIALS_RENEWED: {
    level: 'info',
    text: 'replaced certificate or password files are in use',
    meaning:
      'The `files` have changed, were found right and are in use from now on, a certificate `until` the moment given. No connection is cut and no request is lost. Nothing to do.',
  },
  TDM_PEER_CREDENTIALS_REFUSED: {
    level: 'error',
    text: 'replaced certificate or password files cannot be used',
    meaning:
      'What was read before stays in use until its own end. `problem` names the key of the configuration, the file, what is wrong with it and what would be right: mend the file. It is looked at again every few seconds and taken as soon as it is right; no reload is needed. `tandem check` says the same before the server does.',
  },
  TDM_PEER_CERTIFICATE_EXPIRES_SOON: {
    level: 'warn',
    text: 'a certificate of the peer link runs out soon',
    meaning:
      'It ends at `until`; after that no connection between the servers comes about. Renew it and put the new one in the place of `file`: it is taken without a reload. Logged 30, 7 and 1 days before the end of each certificate; for one that lives for a day or less, once in the last third of its life.',
  },
  TDM_PEER_CERTIFICATE_EXPIRED: {
    level: 'error',
    text: 'a certificate of the peer link has expired',
    meaning:
      'No new connection between the servers comes about any more, both will take each other for gone. Renew the certificate in `file` now, or set the clock if that is wrong; the new one is taken without a reload.',
  },
  TDM_PEER_CERTIFICATE_NOT_YET_VALID: {
    level: 'error',
    text: 'a certificate of the peer link is not valid yet',
    meaning:
      'It is valid from `from` on only, until then peers refuse it. Compare the clock of this server with that of the machine that issued the certificate.',
  },
  TDM_HTTP_CROWDED: {
    level: 'warn',
    text: 'HTTP connections are refused, too many are open',
    meaning:
      'One address, or all together, hold more connections than a peer or an administrator needs. Find out who connects (`ss -tnp`) and keep others away from this port. Logged at most once a minute.',
  },
  TDM_HTTP_REFUSED: {
    level: 'warn',
    text: 'an HTTP request was refused before it became a command',
    meaning:
      'Logged once a minute for each sender and status, 64 times a minute in all. `status` tells why: 0 no TLS session came about, 400 not what Kea sends, 401 wrong credentials, 403 command not open on this port, 408 too slow, 413 or 503 too much at once. Look at the program at `remote`.',
  },
} as const satisfies Record<string, LogMessage>;
