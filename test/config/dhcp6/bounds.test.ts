/** What a configuration of DHCPv6 may ask for in memory and in octets of a reply. */
import t from 'tap';
import { parseConfig6 } from '../../../src/config/load6.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { CONFIGURED_BYTES_MAX } from '../../../src/dhcp6/reply-size.ts';
import { LARGE, layOutPools6 } from '../../../src/lease/dhcp6/pools/layout.ts';
import { planPools6 } from '../../../src/lease/dhcp6/pools/plan.ts';

type Json = Record<string, unknown>;

function load(dhcp6: Json) {
  return parseConfig6(JSON.stringify({ Dhcp6: dhcp6 }), 'kea.conf');
}

/** A subnet with a pool of prefixes of 2^bits. */
const withPrefixes = (id: number, bits: number): Json => ({
  id,
  subnet: `2001:db8:${id.toString(16)}::/64`,
  'pd-pools': [{ prefix: `3000:${id.toString(16)}::`, 'prefix-len': 32, 'delegated-len': 32 + bits }],
});

t.test('small pools have a bit for each address and prefix, of which there are 2^28 at most', async (t) => {
  const eight = Array.from({ length: 8 }, (_, index) => withPrefixes(index + 1, 25));
  const most = load({ subnet6: eight });
  if (!most.ok) throw new Error(most.problems.map(formatProblem).join('\n'));
  const { rangeOfPool } = layOutPools6(planPools6(most.config.subnets));
  t.ok(
    rangeOfPool.every((range) => range !== LARGE),
    'none of them could fill up unseen',
  );
  const oneMore = { id: 9, subnet: '2001:db8:9::/64', pools: [{ pool: '2001:db8:9::7 - 2001:db8:9::7' }] };
  const refused = load({ subnet6: [...eight, oneMore] });
  t.match(refused, {
    ok: false,
    problems: [
      {
        path: 'Dhcp6/subnet6',
        found: /^pools of 268435457 addresses and prefixes, without those/,
        expected: /at most 268435456 of them: .*such as a \/64/,
      },
    ],
  });
});

t.test('pools of more than 2^25 have no bits and count for nothing', async (t) => {
  const large = Array.from({ length: 20 }, (_, index) => withPrefixes(index + 1, 26));
  const whole = { id: 99, subnet: '2001:db8:99::/64', pools: [{ pool: '2001:db8:99::/64' }] };
  t.equal(load({ subnet6: [...large, whole] }).ok, true);
});

t.test('options that no reply has room for are warned of, those of pools too', async (t) => {
  const half = 'ab'.repeat(Math.ceil(CONFIGURED_BYTES_MAX / 2));
  const option = (code: number) => ({ code, data: half, 'csv-format': false });
  const subnet = {
    id: 1,
    subnet: '2001:db8::/64',
    'option-data': [option(1001)],
    pools: [{ pool: '2001:db8::1 - 2001:db8::9', 'option-data': [option(1002)] }],
    'pd-pools': [
      { prefix: '3000::', 'prefix-len': 32, 'delegated-len': 40, 'option-data': [option(1001)] },
      { prefix: '3001::', 'prefix-len': 32, 'delegated-len': 40, 'option-data': [option(1003)] },
    ],
  };
  const { warnings } = load({ subnet6: [subnet] });
  const texts = warnings.map(formatProblem).filter((text) => text.includes('octets together'));
  t.equal(texts.length, 2);
  t.match(
    texts[0],
    /Dhcp6\/subnet6\[0\]\/pools\[0\]: found options of [0-9]+ octets; expected at most 59123/,
  );
  t.match(texts[1], /Dhcp6\/subnet6\[0\]\/pd-pools\[1\]: /);
  const whole = load({
    'option-data': [option(1001), option(1002)],
    subnet6: [{ id: 1, subnet: '2001:db8::/64' }],
  });
  t.match(whole.warnings.map(formatProblem).join('\n'), /Dhcp6\/subnet6\[0\]: found options of/);
});
