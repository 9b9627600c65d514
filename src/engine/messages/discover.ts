/** DHCPDISCOVER: offers an address and keeps it for the client for a short while. Nothing is stored. [RFC2131 4.3.1] */
import { MessageType } from '../../dhcp4/codes.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/model.ts';
import { NO_ADDRESS } from '../../lease/pool.ts';
import { abandonRow, permittedPool, rowFor, takeAddress, takeAnyAddress } from '../allocate.ts';
import { answerWithLease } from '../answer.ts';
import { findClientRow } from '../client-lease.ts';
import type { CompiledSubnet } from '../compiled.ts';
import { type Context, Outcome } from '../context.ts';
import { leaseTime, setTimes } from '../lifetimes.ts';
import { G } from '../statistics.ts';
import { writeClient, writeTerms } from '../write-lease.ts';

/** Serves a DISCOVER under the table's lock. */
export function serveDiscover(context: Context): number {
  const { subnet, query, times } = context;
  if (subnet === null) return G['tandem-drop-no-subnet'];
  const address = offeredAddress(context, subnet);
  if (address < 0) return -address;
  const wish = query.field(Field.leaseTime) >>> 0;
  setTimes(times, leaseTime(subnet.config.validLifetime, wish), subnet.config);
  return answerWithLease(context, MessageType.offer, address, Outcome.send);
}

/** The address to offer, or the negated cell of the reason why there is none. */
function offeredAddress(context: Context, subnet: CompiledSubnet): number {
  const { book, nowSec } = context;
  const { rows } = book.table;
  const mine = findClientRow(context, subnet.config.id);
  if (mine !== NO_SLOT && book.isLive(mine, nowSec)) {
    const address = rows.address(mine);
    if (permittedPool(context, subnet, address) !== null) {
      if (rows.state(mine) === LeaseState.offered) return renewOffer(context, subnet, mine);
      return address;
    }
  }
  const address = candidate(context, subnet, mine);
  if (address === NO_ADDRESS) return -G['tandem-drop-no-address'];
  const slot = rowFor(context, address);
  if (slot === NO_SLOT) return -G['tandem-drop-table-full'];
  if (!writeOffered(context, slot, slot === mine)) {
    abandonRow(context, slot);
    return -G['tandem-drop-table-full'];
  }
  writeTerms(context, slot, subnet, LeaseState.offered, context.settings.offerHoldSec, slot !== mine);
  book.pushOffer(address);
  return address;
}

/** An address that was offered to this client before is offered again, and kept from now on. */
function renewOffer(context: Context, subnet: CompiledSubnet, slot: number): number {
  const address = context.book.table.rows.address(slot);
  if (!writeOffered(context, slot, true)) return -G['tandem-drop-table-full'];
  writeTerms(context, slot, subnet, LeaseState.offered, context.settings.offerHoldSec, false);
  return address;
}

/** Writes the client into a row; when its identifiers find no memory, the oldest offers give back theirs. */
function writeOffered(context: Context, slot: number, isSameClient: boolean): boolean {
  if (writeClient(context, slot, isSameClient)) return true;
  context.book.recallOffers(context.book.table.rows.address(slot));
  return writeClient(context, slot, isSameClient);
}

/** Takes an address: the client's former one, the one it asks for, or the next free one. */
function candidate(context: Context, subnet: CompiledSubnet, former: number): number {
  const { book, query } = context;
  if (former !== NO_SLOT && !book.isLive(former, context.nowSec)) {
    const address = book.table.rows.address(former);
    if (takeAddress(context, subnet, address)) return address;
  }
  const wanted = query.requestedAddress();
  if (wanted !== 0 && takeAddress(context, subnet, wanted)) return wanted;
  return takeAnyAddress(context, subnet);
}
