/** lease6-get-by-duid: the leases of a client. */
import { type Answer, failure } from '../answer.ts';
import { leaseList, readText } from './lease-answer.ts';
import { wrongClientId } from './lease-words.ts';
import { family6 } from './lease6-family.ts';
import type { LeaseCommandParts6 } from './lease6-parts.ts';
import { readDuid } from './lease6-text.ts';

export async function leaseGetByDuid(parts: LeaseCommandParts6, args: unknown): Promise<Answer> {
  const text = readText(args, 'duid');
  if (!text.ok) return failure(text.error);
  const duid = readDuid(text.value);
  if (duid === null) return failure(wrongClientId(text.value));
  return leaseList(family6, parts, parts.store.findByDuid(duid, null));
}
