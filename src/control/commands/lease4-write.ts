/** lease4-write: all leases of now into a file of the lease file's form, beside the lease file. */
import { rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LEASE_FILE_COLUMNS } from '../../lease/csv.ts';
import { encodeLease } from '../../lease/csv-lease.ts';
import { type Answer, failure, success } from '../answer.ts';
import { placeInside, type WritablePlace, writeWhole } from '../write-file.ts';
import { readText } from './lease4-answer.ts';
import type { LeaseCommandParts } from './lease4-parts.ts';
import { leaseSlices } from './lease4-slices.ts';

/** `{"filename": NAME}`: a file that stands there already is kept as NAME.bakPID, as by Kea. */
export async function leaseWrite(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  const text = readText(args, 'filename');
  if (!text.ok) return failure(text.error);
  if (text.value === '') return failure("'filename' parameter is empty");
  const leaseFile = parts.leaseFile();
  if (leaseFile === null) return failure('there is no lease file beside which it could be written');
  const place = await placeInside(dirname(leaseFile), text.value);
  if ('reason' in place) return failure(place.reason);
  if (isOwn(place, leaseFile))
    return failure(`${basename(place.path)} belongs to the lease file in use: choose another name`);
  try {
    if (place.existing !== null) await rename(place.path, `${place.path}.bak${process.pid}`);
    await writeWhole(place, rowsOf(parts));
    return success(`IPv4 lease database into '${place.path}'.`);
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** The file itself, and all that has its name before a dot: what is being cleaned up, locked, or kept of before. */
function isOwn({ path }: WritablePlace, leaseFile: string): boolean {
  return basename(path) === basename(leaseFile) || basename(path).startsWith(`${basename(leaseFile)}.`);
}

/** Header and rows, a slice of leases at a time. */
async function* rowsOf(parts: LeaseCommandParts): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${LEASE_FILE_COLUMNS.join(',')}\n`);
  for await (const slice of leaseSlices(parts))
    yield Buffer.concat(slice.flatMap((lease) => encodeLease(lease) ?? []));
}
