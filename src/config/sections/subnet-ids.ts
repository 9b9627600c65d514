/**
 * Subnets without an id get one as Kea 2.2 gives it: 1, 2, ... in the order of the file, those of shared networks first, whatever
 * ids the other subnets have. The ids stand in the lease file and in the messages between the servers, so the count must be Kea's
 * to the last subnet; newer versions of Kea refuse such a file.
 */
import type { Path } from '../problem.ts';
import { child } from '../problem.ts';
import type { Report } from '../report.ts';
import { isMap } from '../schema/collections.ts';

export class SubnetNumbers {
  #last = 0;

  /**
   * The id of a subnet: its own, or the next number with a warning.
   * @param given its own id as far as it is right
   * @param subnet the map that it stands in
   * @returns undefined when the subnet has an id that is wrong
   */
  idOf(given: number | undefined, subnet: unknown, at: Path, report: Report): number | undefined {
    if (!isUnnumbered(subnet)) return given;
    const id = ++this.#last;
    report.warn(
      child(at, 'id'),
      given === undefined ? 'nothing' : '0',
      `an "id": this subnet gets the number ${id}, and another one when a subnet without an id comes before it`,
    );
    return id;
  }
}

/** Kea takes 0 for none. */
function isUnnumbered(subnet: unknown): boolean {
  return isMap(subnet) && (subnet['id'] ?? 0) === 0 && subnet['id'] !== null;
}
