/** Advisories of DHCP servers and what they are here: an input, the tests that try it, and nothing that can go stale. */

export interface Advisory {
  /** Identifiers of the advisories. */
  readonly ids: string;
  readonly cause: string;
  /** Tests with DHCPv4, and of what knows no family. */
  readonly tests: NamedTests;
  /** The same with DHCPv6; where there are none, what is at stake knows no family. */
  readonly tests6: NamedTests | 'no family';
}

/** Path below test/ without the ending -> names of its tests, as they stand in the source. */
type NamedTests = Readonly<Record<string, readonly string[]>>;

const CORPUS = 'no input of the corpus, and none from the seed, breaks a promise';

export const ADVISORIES: readonly Advisory[] = [
  {
    ids: 'Kea CVE-2019-6472',
    cause: 'an identifier longer than 128 octets stops the server',
    tests: {
      'engine/advisories': [
        'client identifiers of every length are served or ignored, and read from the file as they were',
      ],
      'engine/hostile': ['a long identifier in parts harms nobody’s lease'],
    },
    tests6: {
      'engine/dhcp6/hostile': ['options that nobody should send'],
      'engine/dhcp6/advisories': [
        'DUIDs of every length are served or dropped, and read from the file as they were',
      ],
      'wasm/classify6': ['identifiers have 3 to 130 octets and are not 00:00:00'],
    },
  },
  {
    ids: 'Kea CVE-2019-6473, CVE-2025-11232, CL 2519; dhcpd CVE-2022-2929',
    cause: 'a malformed host name or FQDN, or one of which nothing is left after sanitising',
    tests: {
      'engine/advisories': [
        'names of which a set of characters leaves nothing: no row that cannot be read, and an answer',
      ],
      'engine/names/names': [
        'a malformed option 81 makes the query malformed, whatever its length',
        'the product and its twin agree on 6,000 names, and what the lease keeps can be kept',
      ],
      'engine/hostile': ['host names of every kind, also those of which nothing is left'],
    },
    tests6: {
      'engine/dhcp6/names': [
        'a malformed option 39 makes a query malformed, whatever it is',
        'whatever clients send, the reply has a name in order, and every row can be read',
      ],
    },
  },
  {
    ids: 'Kea CVE-2019-6474; dhcpd CVE-2021-25217',
    cause: 'a lease is stored that the server cannot read again; overflow in the reader of the lease file',
    tests: {
      'fuzz/fuzz': [CORPUS],
      'lease/dhcp4/csv': ['whatever is written can be read again, hostile names and contexts included'],
      'journal/read': ['no file of random octets makes the reader fail'],
      'app/killed': ['killed at any moment: every confirmed lease, and files that are whole'],
      'journal/load': ['more bad rows than allowed refuse the file and change nothing'],
    },
    tests6: {
      'lease/dhcp6/csv': [
        'any lease comes back as it was, at any place of a buffer',
        'every truncation and any octets are judged, never thrown',
      ],
      'engine/dhcp6/random-clients': [
        'octets at random in messages, and messages that end anywhere: a reply that can be read, or none',
      ],
      'app/dhcp6/serve': ['an address and a prefix: offered, granted, on the disk, known after kill -9'],
    },
  },
  {
    ids: 'Kea CVE-2025-32801',
    cause: 'config-set loads any library or runs any program',
    tests: {
      'app/hostile': [
        'a command brings no program and no place for a log of leases, not by .. and not by a link',
      ],
    },
    tests6: {
      'app/dhcp6/hostile': [
        'a command brings no program, no place and no depth: not by .., not by a link, not by brackets',
      ],
    },
  },
  {
    ids: 'Kea CVE-2025-32802',
    cause: 'config-write and paths of logs overwrite files',
    tests: {
      'app/library-commands': [
        'no command writes over what the directory holds beside configurations and leases',
        'a configuration by a command writes nowhere but where that of the file does',
        'a lease file is written beside the one in use, never over it',
      ],
      'control/commands/configuration': ['config-write writes what config-get shows, whole, with mode 0640'],
      'control/unix/path': ['files, folders and links are never removed'],
    },
    tests6: {
      'app/dhcp6/hostile': [
        'a command brings no program, no place and no depth: not by .., not by a link, not by brackets',
      ],
      'app/dhcp6/reload': [
        'a configuration by command: tested, taken, written, and within the places of the file',
      ],
    },
  },
  {
    ids: 'Kea CVE-2025-32803',
    cause: 'lease and log files are readable for everybody',
    tests: {
      'app/hostile': ['no file that the server writes is for everybody, whatever the mask of the process'],
    },
    tests6: {
      'app/dhcp6/hostile': [
        'no file that the server writes is for everybody, whatever the mask of the process',
      ],
    },
  },
  {
    ids: 'Kea CVE-2025-40779',
    cause: 'a unicast query with options and without a subnet stops the server',
    tests: {
      'engine/hostile': ['no subnet matches: every message, every option, in every combination'],
    },
    tests6: {
      'engine/dhcp6/hostile': ['every message to an address of the server, from where no subnet is'],
    },
  },
  {
    ids: 'Kea CVE-2026-3608',
    cause: 'deeply nested JSON overflows the stack',
    tests: {
      'app/hostile': ['JSON nested 100,000 deep is refused by the file, the API and the port of the peers'],
      'config/syntax/text': ['a hundred thousand brackets are an error at the first one too many'],
      'control/unix/json-scan': ['nesting is allowed up to the bound and refused above it'],
      'lease/csv-context': [
        'nesting is bounded, so that nobody is handed a map that breaks a recursive reader',
      ],
    },
    tests6: {
      'app/dhcp6/hostile': [
        'a command brings no program, no place and no depth: not by .., not by a link, not by brackets',
      ],
    },
  },
  {
    ids: 'Kea CL 2449',
    cause: 'a required key is missing',
    tests: {
      'config/hostile': ['each key of a file left out, one by one: taken, or asked for by its path'],
      'control/library/commands': ['every required argument, left out one by one, is asked for'],
    },
    tests6: {
      'config/hostile': ['each key of a file left out, one by one: taken, or asked for by its path'],
      'control/lease6': ['what cannot be done is refused in the words of Kea, and changes nothing'],
    },
  },
  {
    ids: 'Kea CL 2495, 2509; Windows CVE-2023-28231; dnsmasq CVE-2017-14493',
    cause: 'truncated relay information, lengths that contradict each other, options inside options',
    tests: {
      'wasm/classify4-fuzz': [
        'module and twin agree on every two-octet start and every length within option 82',
        'module and twin agree on every truncation of a full query',
      ],
      'interop/kea-answers': ['is answered, and what it passes over is passed over'],
    },
    tests6: {
      'wasm/classify6': ['a relayed message is found behind 1 to 32 relays; one more is too many'],
      'wasm/classify6-fuzz': [
        'module and twin agree on 100,000 built, changed, cut and random datagrams',
        'module and twin agree on options inside of options, as deep as a datagram holds and deeper',
      ],
      'engine/dhcp6/hostile': [
        'relays that nobody should send',
        'a length that lies, at each level of relays',
      ],
    },
  },
  {
    ids: 'Kea CL 2482, 2511',
    cause: 'queries for leases of a subnet that is gone, or by a bad identifier',
    tests: {
      'app/hostile': [
        'leases of a subnet that a reload took away: every lease4 command answers, and they come back',
      ],
      'control/lease4': ['no arguments make a command throw'],
      'engine/restart': ['leases of a subnet that is gone and comes back are counted for it'],
    },
    tests6: {
      'app/dhcp6/hostile': [
        'leases of a subnet that a reload took away: every lease6 command answers, and they come back',
      ],
      'control/lease6': ['no arguments make a command throw'],
    },
  },
  {
    ids: 'Kea CL 2500, 2505',
    cause: 'one way into the server goes past its guards',
    tests: {
      'peer/listener': ['the port takes the commands of peers and, with restrict-commands, no others'],
      'interop/raw-frames': ['a frame that is no query is dropped under its name'],
      'control/secured-socket': [
        'one of the clients has to be shown, for commands and pages, and the realm is named',
      ],
    },
    tests6: 'no family',
  },
  {
    ids: 'Kea CVE-2015-8373',
    cause: 'a crash only while malformed packets are logged',
    tests: {
      'app/hostile': ['the corpus of datagrams at every level of the log: the server serves on'],
      'log/logger': ['whatever the fields hold, a line is written and nothing is thrown'],
    },
    tests6: {
      'app/dhcp6/hostile': ['whatever a relay sends, at the finest level of the log: the server serves on'],
    },
  },
  {
    ids: 'Kea CVE-2018-5739; dhcpd CVE-2022-2928, CVE-2018-5733; dnsmasq CVE-2019-14834',
    cause: 'memory or counters that grow with each query',
    tests: {
      'engine/advisories': ['exchanges without end, right and malformed ones: the heap stays as it is'],
      'engine/restart': ['numbers go on at 0 after 2^32 - 1, in the park and in the change log'],
    },
    tests6: {
      'engine/dhcp6/advisories': ['exchanges without end, right and malformed ones: the heap stays as it is'],
    },
  },
  {
    ids: 'Kea CL 2037',
    cause: 'a peer confirms before the answer is parked',
    tests: {
      'peer/verdicts': [
        'every awaited transaction gets exactly one verdict, whatever the peers and the modes do',
      ],
      'engine/restart': ['verdicts on numbers that are no transaction of the last round are passed over'],
    },
    tests6: 'no family',
  },
  {
    ids: 'Kea CL 2260, 2454; dhcpd CVE-2017-3144',
    cause: 'descriptors of closed connections are kept; a stop under load',
    tests: {
      'app/hostile': ['ten thousand requests that are given up at any octet leave no descriptor behind'],
      'interop/shutdown': ['one server stopped under load has every acknowledged lease in its file'],
    },
    tests6: {
      'app/dhcp6/hostile': ['stopped under load it has every acknowledged lease in its file'],
    },
  },
  {
    ids: 'dhcpd CVE-2016-2774; Node.js: slow and huge headers',
    cause: 'connections to the control and failover ports without a bound',
    tests: {
      'app/hostile': ['headers without an end, too many, and connections half open: both ports serve on'],
      'control/http/kea-http': [
        'connections are bounded for one address and in all, and a closed one makes room',
        'who does not finish a request in time gets 408, idle connections stay',
      ],
      'control/unix-hostile': ['a thousand idle connections do not lock anybody out'],
      'peer/listener': ['a TLS handshake that is never begun ends, and does not keep the port open'],
      'control/http/upgrade': [
        'a thousand half-open upgrades: bounded, ended in time, and in nobody`s way',
        'more connections than may be open get 503, and one that closes makes room',
      ],
    },
    tests6: 'no family',
  },
  {
    ids: 'dhcpd CVE-2018-5732',
    cause: 'an option longer than its place, in an answer to a client',
    tests: {
      'load/dhcp4/reply': ['never reads behind the datagram and never throws, whatever the octets are'],
    },
    tests6: {
      'load/dhcp6/reply6': ['never reads behind the datagram and never throws, whatever the octets are'],
    },
  },
  {
    ids: 'dhcpd GLSA 201401-05; Node.js: ReDoS',
    cause: 'a regular expression that a client drives',
    tests: {
      'classes/regexp': [
        'the time grows with the text alone',
        'what would be tried again and again is refused, and what is no expression',
      ],
      'fuzz/fuzz': [CORPUS],
    },
    tests6: 'no family',
  },
  {
    ids: 'dnsmasq CVE-2017-14494, CVE-2022-0934',
    cause: 'answers with octets of other clients; one octet too many',
    tests: {
      'engine/hostile': [
        'every truncation of every query',
        'options at random behind a valid header',
        'every option code with no octets, with 255, and with more than there are',
      ],
    },
    tests6: {
      'engine/dhcp6/hostile': ['every message, cut off at every octet, directly and through relays'],
      'wasm/classify6-fuzz': ['nothing outside of a datagram is read'],
    },
  },
  {
    ids: 'dnsmasq CVE-2021-45951 to 45957',
    cause: 'an answer longer than its place',
    tests: {
      'interop/kea-answers': ['answers longer than a frame arrive, of Tandem and of'],
      'interop/raw-frames': ['an answer above the MTU comes in fragments that a kernel puts together'],
      'config/sections/reply-size': ['`check` warns of a subnet whose options no reply can hold'],
    },
    tests6: {
      'engine/dhcp6/reply/options': ['a reply that is too large: none, and no lease'],
    },
  },
  {
    ids: 'Windows CVE-2019-0785',
    cause: 'memory corruption by what comes to the failover port',
    tests: {
      'fuzz/fuzz': [CORPUS],
      'peer/listener': [
        'a damaged request, wherever it is damaged, is refused or answered, and the port serves on',
      ],
    },
    tests6: 'no family',
  },
  {
    ids: 'Windows CVE-2019-1212, CVE-2019-0626, CVE-2025-33050, CVE-2026-44815',
    cause: 'crafted packets stop the service; an option longer than it may be',
    tests: {
      'fuzz/fuzz': [CORPUS],
      'engine/hostile': ['each kind of fault has its counter', 'octets at random, of any length'],
      'wasm/classify4-fuzz': [
        'module and twin agree on every length octet 0..255 of every option and of its neighbours',
      ],
    },
    tests6: {
      'engine/dhcp6/hostile': ['options that nobody should send'],
      'engine/dhcp6/random-clients': [
        'hostile messages: the same identity association many times, all of them at once, leases without number',
      ],
      'wasm/classify6': ['an option with less than its size makes a message malformed'],
    },
  },
  {
    ids: 'Windows CVE-2024-26212, CVE-2024-26215',
    cause: 'a flood of queries exhausts memory or addresses',
    tests: {
      'engine/advisories': [
        'a flood of DISCOVERs from stations that are none: bounded memory, and the offers end',
      ],
      'engine/hostile': ['ten thousand invented clients leave the memory and the counters in order'],
      'engine/ownership': ['identifiers that fill the memory for long ones are taken back with their offers'],
    },
    tests6: {
      'engine/dhcp6/advisories': [
        'a flood of SOLICITs from clients that are none: bounded memory, and the offers end',
      ],
    },
  },
  {
    ids: 'Node.js: prototype pollution',
    cause: '`__proto__` as a key of JSON',
    tests: {
      'control/prototype': ['no key changes what a map is, in no command'],
      'control/envelope': ['"__proto__" in a request is an unsupported parameter and changes nothing'],
      'config/hostile': ['values of any kind are refused as documents and never throw'],
    },
    tests6: {
      'control/prototype': ['no key changes what a map is, in no command'],
    },
  },
  {
    ids: 'Kea CL 2481',
    cause: 'prefixes of impossible length, empty options',
    tests: {},
    tests6: {
      'engine/dhcp6/hostile': ['prefixes that nobody should send', 'options that nobody should send'],
    },
  },
];
