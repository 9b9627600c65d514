/** The lease streams of DHCPv4. */
import { assert } from '../../base/assert.ts';
import { standingRecord } from '../../lease/dhcp4/precedence.ts';
import { emptyRecord, type LeaseRecord } from '../../lease/dhcp4/record.ts';
import { updateFamily4 } from '../../lease/dhcp4/update-family.ts';
import { decodeUpdateRecord, encodeUpdateRecord } from '../../lease/dhcp4/update-record.ts';
import type { LinkFamily } from '../family.ts';
import { LinkTable4 } from './table.ts';

export const linkFamily4: LinkFamily<LeaseRecord> = {
  ...updateFamily4,
  number: 4,
  createRecord: () => emptyRecord(),
  decode: decodeUpdateRecord,
  encode: encodeUpdateRecord,
  standing: standingRecord,
  openTable: (workplace, statisticsRow) => {
    assert(workplace.family === 4, 'main hands what its own family works with');
    return new LinkTable4(workplace, statisticsRow);
  },
};
