/** `dhcp-queue-control`: a queue in front of the server. Queries wait in the sockets' own buffers, whatever it says. */
import { defineMap } from '../schema/map.ts';
import { accepted, required } from '../schema/rule.ts';
import { flag, integer, text } from '../schema/scalars.ts';

/** Kinds of queues may have keys of their own, which Kea does not check either. */
export const queueSchema = defineMap(
  'dhcp-queue-control',
  {
    'enable-queue': required(accepted(flag())),
    'queue-type': accepted(text()),
    capacity: accepted(integer(-2147483648, 4294967295)),
  },
  'warning',
);
