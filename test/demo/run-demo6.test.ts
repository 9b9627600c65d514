/** The demonstration of DHCPv6: each client has an address and a prefix, and neither is lost or given twice. */
import { networkInterfaces } from 'node:os';
import t from 'tap';
import { demonstrate } from './demonstrating.ts';

// Two whole demonstrations.
t.setTimeout(170_000);

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';

for (const mode of ['load-balancing', 'hot-standby'] as const) {
  t.test(`a ${mode} pair of DHCPv6 survives with every promise kept`, { skip }, async (t) => {
    const shown = await demonstrate(t, { family: 6, mode });
    const exchanges = figure(shown, /\) +([\d,]+)\n/);
    t.equal(
      figure(shown, /two live clients \(([\d,]+) leases/),
      2 * exchanges,
      'an address and a prefix each',
    );
    t.match(shown, /held .* an address or prefix \(/);
  });
}

function figure(shown: string, pattern: RegExp): number {
  return Number(pattern.exec(shown)?.[1]?.replaceAll(',', ''));
}
