/**
 * The standard DHCPv4 options and sub-options: code, name and the types of the fields (RFC 2132 and its successors; names as in
 * Kea). The tables are read by the configuration only; on the wire an option is its code and octets.
 */
import { type OptionDefinition, parseDefinitions } from '../options/definition.ts';

const DHCP4 = `
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
43 vendor-encapsulated-options > vendor-encapsulated-options-space
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
81 fqdn uint8 uint8 uint8 client-name
82 dhcp-agent-options > dhcp-agent-options-space
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
122 cablelabs-client-conf > cablelabs-client-conf
124 vivco-suboptions uint32 vendor-class
125 vivso-suboptions enterprise
136 pana-agent ipv4-address ...
137 v4-lost fqdn
138 capwap-ac-v4 ipv4-address ...
141 sip-ua-cs-domains fqdn ...
143 v4-sztp-redirect long-tuple ...
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

/** Sub-options of option 82 (RFC 3046). */
const AGENT = `
1 circuit-id binary
2 remote-id binary
4 docsis-device-class uint32
5 link-selection ipv4-address
6 subscriber-id string
7 radius binary
8 auth binary
9 vendor-specific-info binary
10 relay-flags uint8
11 server-id-override ipv4-address
12 relay-id binary
13 access-techno-type uint16
14 access-network-name string
15 access-point-name string
16 access-point-bssid binary
17 operator-id uint32
18 operator-realm string
19 relay-port uint16
151 virtual-subnet-select binary
152 virtual-subnet-select-ctrl
`;

/** Sub-options of option 122 (RFC 3495). */
const CABLELABS = `
1 tsp-primary-server ipv4-address
2 tsp-secondary-server ipv4-address
4 tsp-as-parameters uint32 uint32 uint32
5 tsp-ap-parameters uint32 uint32 uint32
6 tsp-realm fqdn
7 tsp-use-tgt boolean
8 tsp-provisioning-timer uint8
9 tsp-sct uint16
10 kdc-server ipv4-address ...
`;

/** Vendor options of CableLabs (DOCSIS). */
const DOCSIS = `
1 oro uint8 ...
2 tftp-servers ipv4-address ...
`;

/** The space of the options of a message itself. */
export const DHCP4_SPACE = 'dhcp4';
/** The space of the sub-options of option 82. */
export const AGENT_SPACE = 'dhcp-agent-options-space';

/** The standard definitions by their space. */
export const STANDARD_DEFINITIONS: ReadonlyMap<string, readonly OptionDefinition[]> = new Map([
  [DHCP4_SPACE, parseDefinitions(DHCP4)],
  [AGENT_SPACE, parseDefinitions(AGENT)],
  ['cablelabs-client-conf', parseDefinitions(CABLELABS)],
  ['vendor-4491', parseDefinitions(DOCSIS)],
  // An older name, which Kea knows and sends nowhere.
  ['docsis3-v4', parseDefinitions(DOCSIS)],
]);
