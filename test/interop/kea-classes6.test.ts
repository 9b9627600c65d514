/** Expressions about DHCPv6 queries: what a Kea takes and refuses, `tandem check` does too. */
import { compareVerdicts } from './configuration-verdicts.ts';

const dhcp6 = (test: string): string =>
  JSON.stringify({
    Dhcp6: {
      'interfaces-config': { interfaces: ['lo'] },
      'client-classes': [{ name: 'before' }, { name: 'x', test }],
    },
  });

const files: Readonly<Record<string, readonly string[]>> = {
  options: [
    'option[0].exists',
    'option[65535].exists',
    'option[65536].exists',
    'option[ia-na].exists',
    'option[host-name].exists',
    "option[1].text == ''",
    'option[3].option[5].exists',
    'option[3].option[iaaddr].exists',
    'option[3].option[65536].exists',
  ],
  relays: [
    'relay6[0].option[18].exists',
    "relay6[-1].option[18].hex == 'a'",
    'relay6[31].option[18].exists',
    'relay6[32].option[18].exists',
    'relay6[-32].option[18].exists',
    'relay6[-33].option[18].exists',
    'relay6[0].option[interface-id].exists',
    'relay6[0].option[18].option[1].exists',
    'relay6[0].peeraddr == ::',
    'relay6[0].linkaddr == fe80::1',
    'relay6.peeraddr == ::',
    "relay6[0].text == 'a'",
    'relay4[1].exists',
  ],
  vendors: [
    'vendor.enterprise == 4491',
    'vendor[*].exists',
    'vendor[4491].option[1026].exists',
    'vendor[4491].option[oro].exists',
    'vendor[4491].option[65536].exists',
    'vendor-class.enterprise == 4491',
    "vendor-class[4491].data == 'a'",
    "vendor-class[4491].data[255] == 'a'",
    "vendor-class[4491].data[256] == 'a'",
    'vendor-class[1].option[1].exists',
  ],
  header: [
    'pkt6.msgtype == 1',
    'pkt6.transid == 1',
    'pkt6.mac == 1',
    'pkt4.mac == 1',
    "pkt.iface == 'eth0'",
    'pkt.src == fe80::1',
    'pkt.len == 10',
  ],
  classes: ["member('before')", "member('nobody')", "member('VENDOR_CLASS_a')", "member('KNOWN')"],
};

compareVerdicts(
  'kea-dhcp6',
  Object.entries(files).map(([kind, tests]) => [kind, tests.map(dhcp6)] as const),
);
