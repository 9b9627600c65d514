/**
 * The standard DHCPv4 options: code, name and the types of the fields (RFC 2132 and its successors; names as in Kea). The table
 * is read by the configuration only; on the wire an option is its code and octets.
 */
import { assert } from '../base/assert.ts';
import { type FieldType, isFieldType } from './option-fields.ts';

export interface OptionDefinition {
  /** 1..254 */
  readonly code: number;
  readonly name: string;
  /** In the order of the wire; none = the option has no data of its own. */
  readonly fields: readonly FieldType[];
  /** The last field may come any number of times, but at least once. */
  readonly repeatsLast: boolean;
}

/** A line each: code, name, fields; dots repeat the last field. */
const TABLE = `
1 subnet-mask ipv4-address
2 time-offset int32
3 routers ipv4-address ...
4 time-servers ipv4-address ...
5 name-servers ipv4-address ...
6 domain-name-servers ipv4-address ...
7 log-servers ipv4-address ...
8 cookie-servers ipv4-address ...
9 lpr-servers ipv4-address ...
10 impress-servers ipv4-address ...
11 resource-location-servers ipv4-address ...
12 host-name string
13 boot-size uint16
14 merit-dump string
15 domain-name string
16 swap-server ipv4-address
17 root-path string
18 extensions-path string
19 ip-forwarding boolean
20 non-local-source-routing boolean
21 policy-filter ipv4-address ...
22 max-dgram-reassembly uint16
23 default-ip-ttl uint8
24 path-mtu-aging-timeout uint32
25 path-mtu-plateau-table uint16 ...
26 interface-mtu uint16
27 all-subnets-local boolean
28 broadcast-address ipv4-address
29 perform-mask-discovery boolean
30 mask-supplier boolean
31 router-discovery boolean
32 router-solicitation-address ipv4-address
33 static-routes ipv4-address ...
34 trailer-encapsulation boolean
35 arp-cache-timeout uint32
36 ieee802-3-encapsulation boolean
37 default-tcp-ttl uint8
38 tcp-keepalive-interval uint32
39 tcp-keepalive-garbage boolean
40 nis-domain string
41 nis-servers ipv4-address ...
42 ntp-servers ipv4-address ...
43 vendor-encapsulated-options empty
44 netbios-name-servers ipv4-address ...
45 netbios-dd-server ipv4-address ...
46 netbios-node-type uint8
47 netbios-scope string
48 font-servers ipv4-address ...
49 x-display-manager ipv4-address ...
50 dhcp-requested-address ipv4-address
51 dhcp-lease-time uint32
52 dhcp-option-overload uint8
53 dhcp-message-type uint8
54 dhcp-server-identifier ipv4-address
55 dhcp-parameter-request-list uint8 ...
56 dhcp-message string
57 dhcp-max-message-size uint16
58 dhcp-renewal-time uint32
59 dhcp-rebinding-time uint32
60 vendor-class-identifier string
61 dhcp-client-identifier binary
62 nwip-domain-name string
63 nwip-suboptions binary
64 nisplus-domain-name string
65 nisplus-servers ipv4-address ...
66 tftp-server-name string
67 boot-file-name string
68 mobile-ip-home-agent ipv4-address ...
69 smtp-server ipv4-address ...
70 pop-server ipv4-address ...
71 nntp-server ipv4-address ...
72 www-server ipv4-address ...
73 finger-server ipv4-address ...
74 irc-server ipv4-address ...
75 streettalk-server ipv4-address ...
76 streettalk-directory-assistance-server ipv4-address ...
77 user-class binary
78 slp-directory-agent boolean ipv4-address ...
79 slp-service-scope boolean string
81 fqdn uint8 uint8 uint8 fqdn
82 dhcp-agent-options empty
85 nds-servers ipv4-address ...
86 nds-tree-name string
87 nds-context string
88 bcms-controller-names fqdn ...
89 bcms-controller-address ipv4-address ...
90 authenticate binary
91 client-last-transaction-time uint32
92 associated-ip ipv4-address ...
93 client-system uint16 ...
94 client-ndi uint8 uint8 uint8
97 uuid-guid uint8 binary
98 uap-servers string
99 geoconf-civic binary
100 pcode string
101 tcode string
108 v6-only-preferred uint32
112 netinfo-server-address ipv4-address ...
113 netinfo-server-tag string
114 v4-captive-portal string
116 auto-config uint8
117 name-service-search uint16 ...
118 subnet-selection ipv4-address
119 domain-search fqdn ...
121 classless-static-route route ...
122 cablelabs-client-conf empty
124 vivco-suboptions uint32 binary
125 vivso-suboptions opaque
136 pana-agent ipv4-address ...
137 v4-lost fqdn
138 capwap-ac-v4 ipv4-address ...
141 sip-ua-cs-domains fqdn ...
143 v4-sztp-redirect tuple ...
146 rdnss-selection uint8 ipv4-address ipv4-address fqdn ...
151 status-code uint8 string
152 base-time uint32
153 start-time-of-state uint32
154 query-start-time uint32
155 query-end-time uint32
156 dhcp-state uint8
157 data-source uint8
159 v4-portparams uint8 psid
162 v4-dnr opaque
212 option-6rd uint8 uint8 ipv6-address ipv4-address ...
213 v4-access-domain fqdn
`;

function parseRow(row: string): OptionDefinition {
  const [code = '', name = '', ...types] = row.split(' ');
  const repeatsLast = types.at(-1) === '...';
  const fields = types.filter((type) => type !== '...' && type !== 'empty');
  assert(fields.every(isFieldType), `option ${code} has known field types`);
  return { code: Number(code), name, fields, repeatsLast };
}

const definitions = TABLE.trim().split('\n').map(parseRow);
const byCode: ReadonlyMap<number, OptionDefinition> = new Map(definitions.map((each) => [each.code, each]));
const byName: ReadonlyMap<string, OptionDefinition> = new Map(definitions.map((each) => [each.name, each]));

/** @returns undefined for codes without a standard definition */
export function findOptionByCode(code: number): OptionDefinition | undefined {
  return byCode.get(code);
}

export function findOptionByName(name: string): OptionDefinition | undefined {
  return byName.get(name);
}

/** The names of all standard options, ascending by code. */
export function optionNames(): Iterable<string> {
  return byName.keys();
}
