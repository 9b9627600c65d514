/** What the server as a whole and its data plane report. */
import type { LogMessage } from '../messages.ts';

export const engineMessages = {
  TDM_ENGINE_STARTING: {
    level: 'info',
    text: 'starting',
    meaning: 'The configuration was accepted; leases are about to be loaded and sockets opened.',
  },
  TDM_ENGINE_SERVING: {
    level: 'info',
    text: 'serving',
    meaning:
      'Sockets are open and the shards read them. With high availability the state machine decides whether queries are answered.',
  },
  TDM_ENGINE_NOT_STARTED: {
    level: 'fatal',
    text: 'the server does not start',
    meaning:
      '`reason` says what is wrong: a port in use, a lease file that cannot be read or written or that another server holds, a peer address that is not ours. Mend it and start again.',
  },
  TDM_ENGINE_SOCKET_OPEN: {
    level: 'info',
    text: 'socket open',
    meaning:
      'The server receives on this address and port, through raw or UDP sockets (`type`); `broadcast` tells whether it also hears clients without a relay.',
  },
  TDM_ENGINE_SOCKET_CLOSED: {
    level: 'info',
    text: 'socket closed',
    meaning:
      'The address is on no interface of the configuration any more: it was taken away, the interface vanished, or a reload left it out. It is served again by itself when it comes back.',
  },
  TDM_ENGINE_INTERFACES_NOT_SERVED: {
    level: 'warn',
    text: 'interfaces are not served',
    meaning:
      "`reasons` says which and why, in Kea's words: down, not running (no carrier), without an address, not there, or a socket that could not be opened. Where only the socket for 255.255.255.255 is missing, relayed queries and unicast renewals are served, clients without a relay are not heard. Each is served by itself as soon as the reason is gone, without a reload.",
  },
  TDM_ENGINE_INTERFACES_MENDED: {
    level: 'info',
    text: 'what kept interfaces from being served is gone',
    meaning: 'The reasons named here, logged before as not served, do not hold any more.',
  },
  TDM_ENGINE_SOCKET_RETRIES_USED_UP: {
    level: 'warn',
    text: 'the retries for service sockets are used up',
    meaning:
      'After `service-sockets-max-retries` attempts an interface is still not served; the warning before says which. With `service-sockets-require-all` (`isFatal`) the server ends now, as Kea does; otherwise it serves the others and goes on trying.',
  },
  TDM_ENGINE_SOCKETS_NOT_TAKEN: {
    level: 'error',
    text: 'a packet thread does not take over its sockets',
    meaning:
      'Interfaces have changed, and a thread of the data plane has not noticed for five seconds: the machine is starved of CPU, or a fault of this program. The old sockets stay open; it is tried again. Restart the server if it lasts.',
  },
  TDM_ENGINE_REPLIES_NOT_JOINED: {
    level: 'info',
    text: 'replies to one relay are sent one by one',
    meaning:
      'The kernel, or a device on the way, refused replies that the server had joined into one message (`join-replies`): `error` EINVAL where a route carries less than its interface, EIO with IPsec. The same replies have left one by one, nothing is lost; replies from `address` are not joined any more until the sockets change, which costs some processor time. `sockets` says how many have met this since the last such line. With `join-replies` "never" it is not tried.',
  },
  TDM_ENGINE_QUERIES_NOT_HANDED_OVER: {
    level: 'error',
    text: 'what waited in the sockets is lost',
    meaning:
      'A reload has gone over from packet sockets to UDP sockets or back, and the kernel did not let the server close the ears of some: the reason says why. Queries that waited in sockets are lost, and their clients ask again. If clients are not served now, restart the server.',
  },
  TDM_ENGINE_INTERFACES_UNREADABLE: {
    level: 'error',
    text: 'the network interfaces cannot be listed',
    meaning:
      'The kernel refused the list (`reason`): the limit of open files or memory. Sockets stay as they are, changes of interfaces are not noticed until it works again.',
  },
  TDM_ENGINE_NO_INTERFACES: {
    level: 'warn',
    text: 'no interface is configured',
    meaning:
      'interfaces-config/interfaces is empty: the server opens no socket and answers nobody. Name an interface, or "*", and reload.',
  },
  TDM_ENGINE_ADDRESS_IN_USE: {
    level: 'warn',
    text: 'an address that was to be offered is in use',
    meaning:
      'Somebody answers at an address that no lease is known of: libdhcp_ping_check.so has found out before the address was offered. It is declined, and kept away from everybody for decline-probation-period. Kea says DHCP4_SERVER_INITIATED_DECLINE. Find the host in the field address and give it a reservation, or take the address out of the pool.',
  },
  TDM_ENGINE_POLICY_NOT_SEEN: {
    level: 'error',
    text: 'a packet thread does not react',
    meaning:
      'A thread of the data plane has not taken over a change of the service for five seconds: the machine is starved of CPU, or a fault of this program. Look at its load; restart the server if it lasts.',
  },
  TDM_ENGINE_LEASES_REPLACED: {
    level: 'warn',
    text: 'another lease file is in use',
    meaning:
      'A reload named another file in lease-database: the leases are those that stand in it, as with Kea, and no others. The file of before is closed and complete. Servers of a pair synchronize anew.',
  },
  TDM_ENGINE_RELOADED: {
    level: 'info',
    text: 'configuration reloaded',
    meaning:
      'The file was read again and is in force. For `stoodMs` queries waited in the sockets; none was lost by that.',
  },
  TDM_ENGINE_RELOAD_REFUSED: {
    level: 'error',
    text: 'configuration not reloaded, the running one stays',
    meaning:
      'The file has errors, something that it names cannot be opened, or it changes the number of packet threads, which takes a restart; `problems` lists each. Nothing of it is in force. Mend the file and reload again.',
  },
  TDM_ENGINE_RECLAIM_BEHIND: {
    level: 'warn',
    text: 'expired leases pile up',
    meaning:
      'Several reclaim cycles in a row reached their limit. Raise max-reclaim-leases or max-reclaim-time. Their addresses can be given to clients all the same.',
  },
  TDM_ENGINE_STOPPING: {
    level: 'info',
    text: 'stopping',
    meaning: 'No more queries are read; parked replies may still leave, then the lease file is flushed.',
  },
  TDM_ENGINE_STOPPED: {
    level: 'info',
    text: 'stopped',
    meaning: 'Every lease is on disk; the process ends.',
  },
  TDM_ENGINE_STOPPED_UNFLUSHED: {
    level: 'error',
    text: 'stopped, but the lease file lacks changes',
    meaning: 'The disk did not take the last rows in time. None of them was acknowledged to a client.',
  },
  TDM_ENGINE_THREAD_FAILED: {
    level: 'fatal',
    text: 'a thread of the server failed',
    meaning:
      'A fault of this program. The process ends at once, so that the partner can take over; report the stack.',
  },
} as const satisfies Record<string, LogMessage>;
