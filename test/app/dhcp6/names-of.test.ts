/** Which settings of names hold for a lease when a request is made of it. */
import t from 'tap';
import { namesOf6 } from '../../../src/app/dhcp6/names-of.ts';
import { DDNS_DEFAULTS } from '../../../src/config/ddns-model.ts';
import { config6, ip6, pool, subnet } from '../../engine/dhcp6/config.ts';

t.test('those of the pool, of the subnet, of nobody', async (t) => {
  const ofPool = { ...DDNS_DEFAULTS, ttlSec: 1 };
  const ofSubnet = { ...DDNS_DEFAULTS, ttlSec: 2 };
  const pools = [
    pool('2001:db8:1::10 - 2001:db8:1::1f'),
    pool('2001:db8:1::20 - 2001:db8:1::2f', { ddns: ofPool }),
  ];
  const namesOf = namesOf6(config6({ subnets: [subnet(1, '2001:db8:1::/64', { ddns: ofSubnet, pools })] }));
  t.equal(namesOf(1, ip6('2001:db8:1::20')), ofPool);
  t.equal(namesOf(1, ip6('2001:db8:1::2f')), ofPool);
  t.equal(namesOf(1, ip6('2001:db8:1::30')), ofSubnet);
  t.equal(namesOf(1, ip6('2001:db8:1::1f')), ofSubnet);
  t.equal(namesOf(2, ip6('2001:db8:1::20')), DDNS_DEFAULTS);
});
