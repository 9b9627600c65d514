/** The lease6-* commands of Kea's lease_cmds hook, which are also what the peers send. */
import type { CommandHandler } from '../answer.ts';
import { leaseAdd, leaseDelete, leaseUpdate } from './lease-change.ts';
import { leaseGet, leaseGetAll, leaseGetPage } from './lease-query.ts';
import { leaseResendDdns } from './lease-resend-ddns.ts';
import { leaseGetByHostname, leaseGetByState } from './lease-search.ts';
import { told, toldInBulk } from './lease-told.ts';
import { leaseWipe } from './lease-wipe.ts';
import { leaseWrite } from './lease-write.ts';
import { leaseBulkApply6 } from './lease6-bulk-apply.ts';
import { family6 } from './lease6-family.ts';
import type { LeaseCommandParts6 } from './lease6-parts.ts';
import { leaseGetByDuid } from './lease6-query.ts';

/** Handlers by name, for one kind of caller. */
export function createLease6Commands(parts: LeaseCommandParts6): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['lease6-add', told(parts, 'lease6-add', (args) => leaseAdd(family6, parts, args))],
    ['lease6-bulk-apply', toldInBulk(6, parts, (args) => leaseBulkApply6(parts, args))],
    ['lease6-del', told(parts, 'lease6-del', (args) => leaseDelete(family6, parts, args))],
    ['lease6-get', (args) => leaseGet(family6, parts, args)],
    ['lease6-get-all', (args) => leaseGetAll(family6, parts, args)],
    ['lease6-get-by-duid', (args) => leaseGetByDuid(parts, args)],
    ['lease6-get-by-hostname', (args) => leaseGetByHostname(family6, parts, args)],
    ['lease6-get-by-state', (args) => leaseGetByState(family6, parts, args)],
    ['lease6-get-page', (args) => leaseGetPage(family6, parts, args)],
    ['lease6-resend-ddns', (args) => leaseResendDdns(family6, parts, args)],
    ['lease6-update', told(parts, 'lease6-update', (args) => leaseUpdate(family6, parts, args))],
    ['lease6-wipe', (args) => leaseWipe(family6, parts, args)],
    ['lease6-write', (args) => leaseWrite(family6, parts, args)],
  ]);
}
