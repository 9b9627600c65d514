/** The lease4-* commands of Kea's lease_cmds hook, which are also what the peers send. */
import type { CommandHandler } from '../answer.ts';
import { leaseAdd, leaseDelete, leaseUpdate } from './lease-change.ts';
import { leaseGet, leaseGetAll, leaseGetPage } from './lease-query.ts';
import { leaseResendDdns } from './lease-resend-ddns.ts';
import { leaseGetByHostname, leaseGetByState } from './lease-search.ts';
import { told, toldInBulk } from './lease-told.ts';
import { leaseWipe } from './lease-wipe.ts';
import { leaseWrite } from './lease-write.ts';
import { leaseBulkApply } from './lease4-bulk-apply.ts';
import { family4 } from './lease4-family.ts';
import type { LeaseCommandParts4 } from './lease4-parts.ts';
import { leaseGetByClientId, leaseGetByHwAddress } from './lease4-query.ts';

/** Handlers by name, for one kind of caller. */
export function createLease4Commands(parts: LeaseCommandParts4): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['lease4-add', told(parts, 'lease4-add', (args) => leaseAdd(family4, parts, args))],
    ['lease4-bulk-apply', toldInBulk(4, parts, (args) => leaseBulkApply(parts, args))],
    ['lease4-del', told(parts, 'lease4-del', (args) => leaseDelete(family4, parts, args))],
    ['lease4-get', (args) => leaseGet(family4, parts, args)],
    ['lease4-get-all', (args) => leaseGetAll(family4, parts, args)],
    ['lease4-get-by-client-id', (args) => leaseGetByClientId(parts, args)],
    ['lease4-get-by-hw-address', (args) => leaseGetByHwAddress(parts, args)],
    ['lease4-get-by-hostname', (args) => leaseGetByHostname(family4, parts, args)],
    ['lease4-get-by-state', (args) => leaseGetByState(family4, parts, args)],
    ['lease4-get-page', (args) => leaseGetPage(family4, parts, args)],
    ['lease4-resend-ddns', (args) => leaseResendDdns(family4, parts, args)],
    ['lease4-update', told(parts, 'lease4-update', (args) => leaseUpdate(family4, parts, args))],
    ['lease4-wipe', (args) => leaseWipe(family4, parts, args)],
    ['lease4-write', (args) => leaseWrite(family4, parts, args)],
  ]);
}
