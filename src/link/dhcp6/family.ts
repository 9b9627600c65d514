/** The lease streams of DHCPv6. */
import { assert } from '../../base/assert.ts';
import { standingRecord6 } from '../../lease/dhcp6/precedence.ts';
import { emptyRecord6, type LeaseRecord6 } from '../../lease/dhcp6/record.ts';
import { updateFamily6 } from '../../lease/dhcp6/update-family.ts';
import { decodeUpdateRecord6, encodeUpdateRecord6 } from '../../lease/dhcp6/update-record.ts';
import type { LinkFamily } from '../family.ts';
import { LinkTable6 } from './table.ts';

export const linkFamily6: LinkFamily<LeaseRecord6> = {
  ...updateFamily6,
  number: 6,
  createRecord: emptyRecord6,
  decode: decodeUpdateRecord6,
  encode: encodeUpdateRecord6,
  standing: standingRecord6,
  openTable: (workplace, statisticsRow) => {
    assert(workplace.family === 6, 'main hands what its own family works with');
    return new LinkTable6(workplace, statisticsRow);
  },
};
