/** The optional `subnet-id` of commands about the leases of a subnet. */
import type { ArgumentMap } from '../arguments.ts';
import { wrongInteger } from './lease-words.ts';

const SUBNET_ID_MAX = 0xffffffff;

/** @returns the id, 0 for all subnets, or why there is none in the words of Kea */
export function readSubnetId({ 'subnet-id': id = 0 }: ArgumentMap): number | string {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= SUBNET_ID_MAX) return id;
  return wrongInteger('subnet-id', id);
}
