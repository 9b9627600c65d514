/** The classes that a DHCPv6 query gets, by expressions as they stand in a configuration; no socket takes part. */
import { ClassIds } from '../../../src/classes/class-ids.ts';
import { ClassProgram } from '../../../src/classes/class-program.ts';
import { QUERY_ACCESS_6 } from '../../../src/classes/dhcp6/query-access.ts';
import { type Parsed, parseTest, type Surroundings } from '../../../src/classes/parse.ts';
import type { TestNode } from '../../../src/classes/syntax-tree.ts';
import { Field } from '../../../src/dhcp6/descriptor.ts';
import { DHCP6_SPACE } from '../../../src/dhcp6/option-definitions.ts';
import { DHCP6_OPTIONS } from '../../../src/dhcp6/option-standard.ts';
import { type Arrival6, Query6 } from '../../../src/engine/dhcp6/query.ts';
import { OptionSpaces } from '../../../src/options/spaces.ts';
import { Classifier } from '../../../src/wasm/module.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { place } from '../../wasm/batch.ts';

const ARRIVAL: Arrival6 = { interfaceName: 'eth0', address: ip6('ff02::1:2'), isUnicast: false };
const SOURCE = ip6('fe80::7');

const standard = new OptionSpaces(DHCP6_OPTIONS);
/** One for all: a module takes its time to load. */
const classifier = new Classifier();

const SURROUNDINGS: Surroundings = {
  family: 6,
  optionCode: (name) => standard.findByName(DHCP6_SPACE, name)?.code,
  isClass: () => true,
};

export function parseTest6(test: string): Parsed<TestNode> {
  return parseTest(test, SURROUNDINGS);
}

/** Whether a server would read this datagram; only such a one may be evaluated. */
export function isWellFormed6(datagram: Uint8Array): boolean {
  place(classifier, [datagram]);
  classifier.classify6(1);
  return classifier.words6[Field.malformed] === 0;
}

/** Which of some tests are true of a well-formed datagram, and which could not be evaluated. @throws when one is wrong */
export function evaluateTests6(
  tests: readonly string[],
  datagram: Uint8Array,
): readonly (boolean | 'error')[] {
  place(classifier, [datagram]);
  classifier.classify6(1);
  return tests.map((test) => {
    const parsed = parseTest6(test);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
    const ids = new ClassIds();
    const config = { name: 'x', test: parsed.node, templateTest: null, onlyInAdditionalList: false };
    const program = new ClassProgram([config], ids, QUERY_ACCESS_6);
    const query = new Query6(classifier, ids.count);
    query.point(0, ARRIVAL, SOURCE, 0, 546);
    program.assignEarly(query);
    return program.errors > 0 ? 'error' : query.classes.has(ids.find('x'));
  });
}
