/** leaseX-write: all leases of now into a file of the lease file's form, beside the lease file. */
import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type Answer, failure, success } from '../answer.ts';
import { placeInside, type WritablePlace, writeWhole } from '../write-file.ts';
import { readText } from './lease-answer.ts';
import type { CommandLease, LeaseFamily } from './lease-family.ts';
import type { LeaseCommandParts } from './lease-parts.ts';
import { leaseSlices } from './lease-slices.ts';

/** Columns by which a lease file of a family is told from anything else. */
const COLUMNS_TELLING = 3;

/** `{"filename": NAME}`: a file that stands there already is kept as NAME.bakPID, as by Kea. */
export async function leaseWrite<Lease extends CommandLease, Address, From, Subnets>(
  family: LeaseFamily<Lease, Address, From, Subnets, never>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets>,
  args: unknown,
): Promise<Answer> {
  const text = readText(args, 'filename');
  if (!text.ok) return failure(text.error);
  if (text.value === '') return failure("'filename' parameter is empty");
  const leaseFile = parts.leaseFile();
  if (leaseFile === null) return failure('there is no lease file beside which it could be written');
  const place = await placeInside(dirname(leaseFile), text.value);
  if ('reason' in place) return failure(place.reason);
  if (isOwn(place, leaseFile))
    return failure(`${basename(place.path)} belongs to the lease file in use: choose another name`);
  if (place.existing !== null && !(await isLeaseFile(place, family.columns)))
    return failure(`${basename(place.path)} holds something else than leases: choose another name`);
  try {
    if (place.existing !== null) await rename(place.path, `${place.path}.bak${process.pid}`);
    await writeWhole(place, rowsOf(family, parts));
    return success(`IPv${family.version} lease database into '${place.path}'.`);
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** The file itself, and all that has its name before a dot: what is being cleaned up, locked, or kept of before. */
function isOwn({ path }: WritablePlace, leaseFile: string): boolean {
  return basename(path) === basename(leaseFile) || basename(path).startsWith(`${basename(leaseFile)}.`);
}

/** What is moved away is a lease file: the configuration, keys and logs of the directory stay where they are. */
async function isLeaseFile({ path }: WritablePlace, columns: readonly string[]): Promise<boolean> {
  const start = columns.slice(0, COLUMNS_TELLING).join(',');
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (handle === null) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(start.length));
    return buffer.toString('latin1', 0, bytesRead) === start;
  } finally {
    await handle.close();
  }
}

/** Header and rows, a slice of leases at a time. */
async function* rowsOf<Lease extends CommandLease, Address, From, Subnets>(
  family: LeaseFamily<Lease, Address, From, Subnets, never>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${family.columns.join(',')}\n`);
  for await (const slice of leaseSlices(parts))
    yield Buffer.concat(slice.flatMap((lease) => family.encodeRow(lease) ?? []));
}
