/** Short scripts, generated from a seed, each of one client: all that it may send, in order and out of it. */
import { MessageType as Type } from '../../../src/dhcp6/codes.ts';
import type { Random } from '../differential/random.ts';
import type { Ia, OptionHex, Step, Traffic } from './steps.ts';

/** What a story changes of the usual query of its client. */
type Turn = Partial<Step> & Pick<Step, 'type'>;
type Story = (base: Step, random: Random, traffic: Traffic) => readonly Turn[];

const SOLICIT: Turn = { type: Type.solicit, server: null };
const REQUEST: Turn = { type: Type.request, server: 'own' };
const RENEW: Turn = { type: Type.renew, server: 'own' };
const REBIND: Turn = { type: Type.rebind, server: null };
const RELEASE: Turn = { type: Type.release, server: 'own' };
const DECLINE: Turn = { type: Type.decline, server: 'own' };
const CONFIRM: Turn = { type: Type.confirm, server: null };
const INFORM: Turn = { type: Type.informationRequest, server: null, ias: [] };

const parts = (base: Step, names: readonly string[]): Pick<Step, 'ias'> => ({
  ias: base.ias.map((ia) => ({ ...ia, parts: names })),
});
const own = (base: Step): Pick<Step, 'ias'> => parts(base, ['own']);
const none = (base: Step): Pick<Step, 'ias'> => parts(base, []);
const hinted = ({ ias }: Step, random: Random, { hints }: Traffic): Pick<Step, 'ias'> => ({
  ias: ias.map((ia) => ({ ...ia, parts: [random.pick(hints[ia.kind])] })),
});
/** Identifiers of associations that nobody has. */
const strange = ({ ias }: Step): Pick<Step, 'ias'> => ({
  ias: ias.map((ia) => ({ ...ia, iaid: ia.iaid + 0x1000, parts: ['own'] })),
});
const lease = (base: Step): Turn[] => [SOLICIT, { ...REQUEST, ...own(base) }];
/** What comes last reuses what was told before. */
const then =
  (...turns: readonly Turn[]): Story =>
  (base) => [...lease(base), ...turns.map((turn) => ({ ...own(base), ...turn }))];
const elsewhere = (random: Random, { ways }: Traffic): Pick<Step, 'relays'> => ({
  relays: random.pick(ways),
});

const STORIES: readonly Story[] = [
  then(RENEW, REBIND),
  then(RENEW),
  then(REBIND, RENEW),
  then(RELEASE, SOLICIT, REQUEST),
  then(RELEASE, RENEW),
  then(RELEASE, REBIND, RELEASE),
  then(DECLINE, SOLICIT, REQUEST),
  then(DECLINE, RENEW, DECLINE),
  then(CONFIRM),
  then(SOLICIT, REQUEST),
  then({ ...RENEW, server: 'other' }, { ...RELEASE, server: 'other' }, { ...REQUEST, server: 'other' }),
  then({ ...RENEW, server: null }, { ...RELEASE, server: null }, { ...REBIND, server: 'own' }),
  (base) => [...lease(base), { ...RENEW, ...none(base) }, { ...REBIND, ...none(base) }],
  (base) => [...lease(base), { ...RELEASE, ...none(base) }, { ...DECLINE, ...none(base) }],
  (base) => [...lease(base), { ...RENEW, ...strange(base) }, { ...REBIND, ...strange(base) }],
  (base) => [...lease(base), { ...RELEASE, ...strange(base) }, { ...DECLINE, ...strange(base) }],
  (base) => [...lease(base), { ...RENEW, ...parts(base, ['own', 'former']) }],
  (base) => [...lease(base), { ...REBIND, ...parts(base, ['former']) }],
  (base) => [...lease(base), { ...RELEASE, ...parts(base, ['former']) }, { ...RENEW, ...own(base) }],
  (base) => [{ ...DECLINE, ...parts(base, ['former']) }, SOLICIT],
  (base) => [{ ...REQUEST, ...parts(base, ['former']) }],
  (base) => [{ ...SOLICIT, ...parts(base, ['former']) }],
  (base) => [
    { ...CONFIRM, ...parts(base, ['former']) },
    { ...CONFIRM, ...none(base) },
  ],
  (base, random, traffic) => [
    { ...SOLICIT, ...hinted(base, random, traffic) },
    { ...REQUEST, ...own(base) },
  ],
  (base, random, traffic) => [
    { ...REQUEST, ...hinted(base, random, traffic) },
    { ...RENEW, ...own(base) },
  ],
  (base, random, traffic) => [{ ...RENEW, ...hinted(base, random, traffic) }],
  (base, random, traffic) => [{ ...REBIND, ...hinted(base, random, traffic) }],
  (base, random, traffic) => [{ ...CONFIRM, ...hinted(base, random, traffic) }],
  (base, random, traffic) => [...lease(base), { ...RENEW, ...hinted(base, random, traffic) }],
  (base, random, traffic) => [
    ...lease(base),
    { ...RENEW, ...own(base), ...elsewhere(random, traffic) },
    { ...REBIND, ...own(base), ...elsewhere(random, traffic) },
    { ...CONFIRM, ...own(base), ...elsewhere(random, traffic) },
  ],
  (base, random, traffic) => [
    ...lease(base),
    { ...SOLICIT, ...own(base), ...elsewhere(random, traffic) },
    { ...RELEASE, ...own(base), ...elsewhere(random, traffic) },
  ],
  (base) => [
    { ...SOLICIT, options: [...base.options, [14, '']] },
    { ...RENEW, ...own(base) },
  ],
  (base) => [
    { ...SOLICIT, options: [...base.options, [14, '']] },
    { ...RELEASE, ...own(base) },
  ],
  (base) => [...lease(base), { ...RENEW, ias: [...own(base).ias, { kind: 'na', iaid: 77, parts: [] }] }],
  () => [INFORM, { ...INFORM, duid: null }, { ...INFORM, server: 'own' }, { ...INFORM, server: 'other' }],
  (base) => [{ ...INFORM, ias: base.ias }],
  () => [
    { ...SOLICIT, server: 'own' },
    { ...SOLICIT, duid: null },
    { ...REQUEST, server: null },
    { ...SOLICIT, ias: [] },
  ],
  (_base, random) => [{ type: random.pick([Type.advertise, Type.reply, Type.reconfigure, 20, 200]) }],
];

const IAS: readonly (readonly Ia[])[] = [
  [{ kind: 'na', iaid: 1, parts: [] }],
  [{ kind: 'na', iaid: 1, parts: [] }],
  [{ kind: 'pd', iaid: 1, parts: [] }],
  [
    { kind: 'na', iaid: 1, parts: [] },
    { kind: 'pd', iaid: 2, parts: [] },
  ],
  [
    { kind: 'na', iaid: 3, parts: [] },
    { kind: 'na', iaid: 0xffff_ffff, parts: [] },
    { kind: 'pd', iaid: 3, parts: [] },
  ],
];

const USUAL_REQUESTS = [7, 12, 14, 17, 21, 22, 23, 24, 31, 32, 59, 67, 82, 83];
const COMMON: readonly OptionHex[] = [
  [8, '0000'],
  [8, '0064'],
  [15, '000475736572'],
  [16, '0000118b000474657874'],
  [25, '00000007'],
  [20, ''],
  [1234, 'c0ffee'],
];

/** @returns steps of `count` scripts */
export function* scripts(random: Random, traffic: Traffic, count: number): Generator<Step> {
  // Each story once, in an order of its own, before one comes again.
  let left: Story[] = [];
  for (let script = 0; script < count; script++) {
    if (left.length === 0) left = random.shuffled(STORIES);
    const base = baseOf(random, traffic, script);
    for (const turn of left.pop()!(base, random, traffic)) yield { ...base, ...turn };
  }
}

function baseOf(random: Random, traffic: Traffic, script: number): Step {
  const { clients, requested } = traffic;
  const isKnown = clients.length > 0 && random.chance(0.4);
  const codes = [...USUAL_REQUESTS, ...requested].filter(() => random.chance(0.5));
  const options = [...COMMON, ...traffic.options].filter(() => random.chance(0.25));
  return {
    script,
    type: Type.solicit,
    duid: isKnown ? random.pick(clients) : `000300010200000100${hex(script)}`,
    server: null,
    ias:
      traffic.wishes.length > 1
        ? random.pick(IAS).map((ia) => ({ ...ia, wish: random.pick(traffic.wishes) }))
        : random.pick(IAS),
    options: [
      ...new Map([...options, ...(codes.length > 0 ? [[6, codes.map(word).join('')] as const] : [])]),
    ],
    relays: random.pick(traffic.ways),
  };
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}

function word(code: number): string {
  return code.toString(16).padStart(4, '0');
}
