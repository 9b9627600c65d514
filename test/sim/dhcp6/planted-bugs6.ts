/** Bugs of DHCPv6 that a story must show: each is a change to the product that a careless hand might make. */
import type { PlantedBug } from '../planted-bugs.ts';

export const PLANTED_BUGS_6: readonly PlantedBug[] = [
  {
    name: 'answers DHCPv6 clients before the partner has confirmed',
    seed: 1,
    changes: [
      {
        file: 'src/shard/dhcp6/desk.ts',
        from: 'policy.updateMode === UpdateMode.await, nowMs',
        to: 'false && UpdateMode.await > 0, nowMs',
      },
    ],
  },
  {
    name: 'files of several leases that go on only the last',
    seed: 1,
    changes: [
      {
        file: 'src/engine/dhcp6/leases/carry-out.ts',
        from: '  changes.put(slot, isLast);\n  tellLease(context, part, slot);',
        to: '  if (isLast || part === EventPart.lease) changes.put(slot, isLast);\n  tellLease(context, part, slot);',
      },
    ],
  },
  {
    name: 'confirms prefixes of its partner and does not file them',
    seed: 1,
    changes: [
      {
        file: 'src/engine/leases/lease-applier-base.ts',
        from: 'this.#lastChange = book.logRow(slot);',
        to: 'if (kind !== 2) this.#lastChange = book.logRow(slot);',
      },
    ],
  },
  {
    name: 'tells its partner of a message only the last lease',
    seed: 1,
    changes: [
      {
        file: 'src/engine/leases/lease-changes.ts',
        from: 'if (this.#mode === UpdateMode.off) return;',
        to: 'if (this.#mode === UpdateMode.off || !last) return;',
      },
    ],
  },
  {
    name: 'has its DUID in the page cache only when others hear it',
    seed: 3,
    changes: [
      {
        file: 'src/app/dhcp6/server-id.ts',
        from: '{ flush: true, mode: FILE_MODE }',
        to: '{ mode: FILE_MODE }',
      },
    ],
  },
  {
    name: 'writes no row of who asks again while it is alone',
    seed: 512,
    changes: [
      {
        file: 'src/ha/machine/policy-of.ts',
        from: '!awaitsBackups(state) && !isAlone(state)',
        to: '!awaitsBackups(state) && (isAlone(state) || true)',
      },
    ],
  },
  {
    name: 'takes a lease of a clock that was set back for one that is just being given',
    seed: 68,
    changes: [
      {
        file: 'src/engine/leases/lease-applier-base.ts',
        from: 'nowSec - clttSec <= PARKED_SEC_MAX && !isAhead(clttSec, nowSec)',
        to: 'nowSec - clttSec <= PARKED_SEC_MAX && (isAhead(clttSec, nowSec) || true)',
      },
    ],
  },
];
