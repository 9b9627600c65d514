/**
 * The standard DHCPv6 options and sub-options: code, name and the types of the fields (RFC 8415 section 21 and later ones; names
 * as in Kea). The tables are read by the configuration only; on the wire an option is its code and octets.
 */
import { type OptionDefinition, parseDefinitions } from '../options/definition.ts';

/** 44 and 45 hold options of messages on the wire; a configuration puts nothing into them, as in Kea. */
const DHCP6 = `
1 clientid binary
2 serverid binary
3 ia-na uint32 uint32 uint32
4 ia-ta uint32
5 iaaddr ipv6-address uint32 uint32
6 oro uint16 ...
7 preference uint8
8 elapsed-time uint16
9 relay-msg binary
11 auth binary
12 unicast ipv6-address
13 status-code uint16 string
14 rapid-commit
15 user-class binary
16 vendor-class uint32 tuples
17 vendor-opts vendor
18 interface-id binary
19 reconf-msg uint8
20 reconf-accept
21 sip-server-dns fqdn ...
22 sip-server-addr ipv6-address ...
23 dns-servers ipv6-address ...
24 domain-search fqdn ...
25 ia-pd uint32 uint32 uint32
26 iaprefix uint32 uint32 uint8 ipv6-address
27 nis-servers ipv6-address ...
28 nisp-servers ipv6-address ...
29 nis-domain-name fqdn ...
30 nisp-domain-name fqdn ...
31 sntp-servers ipv6-address ...
32 information-refresh-time uint32
33 bcmcs-server-dns fqdn ...
34 bcmcs-server-addr ipv6-address ...
36 geoconf-civic uint8 uint16 binary
37 remote-id uint32 binary
38 subscriber-id binary
39 client-fqdn uint8 fqdn
40 pana-agent ipv6-address ...
41 new-posix-timezone string
42 new-tzdb-timezone string
43 ero uint16 ...
44 lq-query uint8 ipv6-address
45 client-data
46 clt-time uint32
47 lq-relay-data ipv6-address binary
48 lq-client-link ipv6-address ...
51 v6-lost fqdn
52 capwap-ac-v6 ipv6-address ...
53 relay-id binary
56 ntp-server > v6-ntp-server-suboptions
57 v6-access-domain fqdn
58 sip-ua-cs-list fqdn ...
59 bootfile-url string
60 bootfile-param long-tuple ...
61 client-arch-type uint16 ...
62 nii uint8 uint8 uint8
64 aftr-name fqdn
65 erp-local-domain-name fqdn
66 rsoo > rsoo-opts
67 pd-exclude ipv6-prefix
74 rdnss-selection ipv6-address uint8 fqdn ...
79 client-linklayer-addr binary
80 link-address ipv6-address
82 solmax-rt uint32
83 inf-max-rt uint32
87 dhcpv4-message binary
88 dhcp4o6-server-addr ipv6-address ...
94 s46-cont-mape > s46-cont-mape-options
95 s46-cont-mapt > s46-cont-mapt-options
96 s46-cont-lw > s46-cont-lw-options
103 v6-captive-portal string
135 relay-source-port uint16
136 v6-sztp-redirect long-tuple ...
143 ipv6-address-andsf ipv6-address ...
144 v6-dnr opaque
148 addr-reg-enable
`;

/** Containers of MAP-E, MAP-T and lightweight 4over6 (RFC 7598 section 5). */
const MAP_E = `
89 s46-rule uint8 uint8 uint8 ipv4-address ipv6-prefix > s46-rule-options
90 s46-br ipv6-address
`;
const MAP_T = `
89 s46-rule uint8 uint8 uint8 ipv4-address ipv6-prefix > s46-rule-options
91 s46-dmr ipv6-prefix
`;
const LIGHTWEIGHT = `
90 s46-br ipv6-address
92 s46-v4v6bind ipv4-address ipv6-prefix > s46-v4v6bind-options
`;
const PORT_PARAMETERS = '93 s46-portparams uint8 psid';

/** Sub-options of option 56 (RFC 5908 section 4). */
const NTP_SERVER = `
1 ntp-server-address ipv6-address
2 ntp-server-multicast ipv6-address
3 ntp-server-fqdn fqdn
`;

/** Vendor options of ISC: what DHCPv4-over-DHCPv6 hands on. */
const ISC = `
60000 4o6-interface string
60001 4o6-source-address ipv6-address
60002 4o6-source-port uint16
`;

/** Vendor options of CableLabs (DOCSIS). */
const DOCSIS = `
1 oro uint16 ...
2 device-type string
10 vendor-type string
32 tftp-servers ipv6-address ...
33 config-file string
34 syslog-servers ipv6-address ...
36 device-id binary
37 time-servers ipv6-address ...
38 time-offset int32
1026 cmts-cm-mac binary
`;

/** The space of the options of a message itself. */
export const DHCP6_SPACE = 'dhcp6';

/** The standard definitions by their space. */
export const STANDARD_DEFINITIONS: ReadonlyMap<string, readonly OptionDefinition[]> = new Map([
  [DHCP6_SPACE, parseDefinitions(DHCP6)],
  ['s46-cont-mape-options', parseDefinitions(MAP_E)],
  ['s46-cont-mapt-options', parseDefinitions(MAP_T)],
  ['s46-cont-lw-options', parseDefinitions(LIGHTWEIGHT)],
  ['s46-rule-options', parseDefinitions(PORT_PARAMETERS)],
  ['s46-v4v6bind-options', parseDefinitions(PORT_PARAMETERS)],
  ['v6-ntp-server-suboptions', parseDefinitions(NTP_SERVER)],
  ['vendor-2495', parseDefinitions(ISC)],
  ['vendor-4491', parseDefinitions(DOCSIS)],
]);
