/** The lease4-* commands of Kea's lease_cmds hook, which are also what the peers send. */
import type { CommandHandler } from '../answer.ts';
import { leaseBulkApply } from './lease4-bulk-apply.ts';
import { leaseAdd, leaseDelete, leaseUpdate } from './lease4-change.ts';
import type { LeaseCommandParts } from './lease4-parts.ts';
import {
  leaseGet,
  leaseGetAll,
  leaseGetByClientId,
  leaseGetByHwAddress,
  leaseGetPage,
} from './lease4-query.ts';
import { leaseResendDdns } from './lease4-resend-ddns.ts';
import { leaseGetByHostname, leaseGetByState } from './lease4-search.ts';
import { told, toldInBulk } from './lease4-told.ts';
import { leaseWipe } from './lease4-wipe.ts';
import { leaseWrite } from './lease4-write.ts';

/** Handlers by name, for one kind of caller. */
export function createLease4Commands(parts: LeaseCommandParts): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['lease4-add', told(parts, 'lease4-add', (args) => leaseAdd(parts, args))],
    ['lease4-bulk-apply', toldInBulk(parts, (args) => leaseBulkApply(parts, args))],
    ['lease4-del', told(parts, 'lease4-del', (args) => leaseDelete(parts, args))],
    ['lease4-get', (args) => leaseGet(parts, args)],
    ['lease4-get-all', (args) => leaseGetAll(parts, args)],
    ['lease4-get-by-client-id', (args) => leaseGetByClientId(parts, args)],
    ['lease4-get-by-hw-address', (args) => leaseGetByHwAddress(parts, args)],
    ['lease4-get-by-hostname', (args) => leaseGetByHostname(parts, args)],
    ['lease4-get-by-state', (args) => leaseGetByState(parts, args)],
    ['lease4-get-page', (args) => leaseGetPage(parts, args)],
    ['lease4-resend-ddns', (args) => leaseResendDdns(parts, args)],
    ['lease4-update', told(parts, 'lease4-update', (args) => leaseUpdate(parts, args))],
    ['lease4-wipe', (args) => leaseWipe(parts, args)],
    ['lease4-write', (args) => leaseWrite(parts, args)],
  ]);
}
