/** The classes that a query gets, by expressions as they stand in a configuration; no socket takes part. */
import { ClassIds } from '../../src/classes/class-ids.ts';
import { ClassProgram } from '../../src/classes/class-program.ts';
import type { Packet4 } from '../../src/classes/dhcp4/packet.ts';
import { QUERY_ACCESS_4 } from '../../src/classes/dhcp4/query-access.ts';
import { parseTest, parseValue } from '../../src/classes/parse.ts';
import type { ClientClassConfig } from '../../src/config/class-model.ts';
import { Field } from '../../src/dhcp4/descriptor.ts';
import { DHCP4_SPACE } from '../../src/dhcp4/option-definitions.ts';
import { DHCP4_OPTIONS } from '../../src/dhcp4/option-standard.ts';
import { Query, type ServerSocket } from '../../src/engine/query.ts';
import { OptionSpaces } from '../../src/options/spaces.ts';
import { INPUT_OFFSET, INPUT_STRIDE } from '../../src/wasm/layout.ts';
import { Classifier } from '../../src/wasm/module.ts';

const SOCKET: ServerSocket = {
  fd: 1,
  address: 0x0a000001,
  interfaceName: 'eth0',
  broadcast: false,
  replyFd: 1,
  broadcastFd: 1,
  joinMax: 0,
  raw: null,
};

const standard = new OptionSpaces(DHCP4_OPTIONS);
/** One for all: a module takes its time to load. */
const classifier = new Classifier();

export interface ClassText {
  readonly name: string;
  readonly test?: string;
  readonly template?: string;
  readonly isAdditional?: boolean;
}

/** @throws an Error with the fault of the first expression that has one */
export function classConfigs(classes: readonly ClassText[]): ClientClassConfig[] {
  const surroundings = {
    family: 4 as const,
    optionCode: (name: string) => standard.findByName(DHCP4_SPACE, name)?.code,
    isClass: () => true,
  };
  const read = <T>(parsed: { ok: true; node: T } | { ok: false; fault: unknown }): T => {
    if (parsed.ok) return parsed.node;
    throw new Error(JSON.stringify(parsed.fault));
  };
  return classes.map(({ name, test, template, isAdditional = false }) => ({
    name,
    test: test === undefined ? null : read(parseTest(test, surroundings)),
    templateTest: template === undefined ? null : read(parseValue(template, surroundings)),
    onlyInAdditionalList: isAdditional,
    options: [],
    vendorOptions: [],
    nextServer: null,
    serverHostname: null,
    bootFileName: null,
    validLifetime: null,
    offerLifetimeSec: null,
  }));
}

/** Whether a server would read this datagram; only such a one may be evaluated. */
export function isWellFormed(datagram: Uint8Array): boolean {
  if (datagram.length > INPUT_STRIDE) return false;
  classifier.bytes.set(datagram, INPUT_OFFSET);
  classifier.setLength(0, datagram.length);
  classifier.classify(1);
  return classifier.words[Field.malformed] === 0;
}

/** A program and a query to run it on, as often as wanted. */
export class Membership {
  readonly ids = new ClassIds();
  readonly program: ClassProgram<Packet4>;
  readonly query: Query;

  /** @param others classes that something else refers to */
  constructor(classes: readonly ClassText[], others: readonly string[] = []) {
    for (const name of others) this.ids.intern(name);
    this.program = new ClassProgram(classConfigs(classes), this.ids, QUERY_ACCESS_4);
    this.query = new Query(classifier.bytes, classifier.words, this.ids.count);
  }

  /** Points the query at a well-formed datagram. */
  take(datagram: Uint8Array, socket: Partial<ServerSocket> = {}, sourceAddress = 0): void {
    classifier.bytes.set(datagram, INPUT_OFFSET);
    classifier.setLength(0, datagram.length);
    classifier.classify(1);
    this.query.point(0, INPUT_OFFSET, { ...SOCKET, ...socket }, sourceAddress, 68);
  }

  /** Evaluates the classes, for a client without a reservation. @returns the names, in the order of their assignment */
  evaluate(datagram: Uint8Array): string[] {
    this.take(datagram);
    this.query.classes.add(this.program.builtIn.all);
    const vendor = { bytes: new Uint8Array(0), offset: 0, length: 0 };
    if (this.program.hasVendors && this.query.options.findString(60, vendor))
      this.program.assignVendor(this.query, vendor);
    this.program.assignEarly(this.query);
    this.query.options.readClassOptions();
    this.query.classes.add(this.program.builtIn.unknown);
    this.program.assignLate(this.query);
    return this.names();
  }

  /** What the query is in now, in the order of assignment. */
  names(): string[] {
    const { ids, length } = this.query.classes;
    return [...ids.subarray(0, length)].map((id) => this.ids.name(id));
  }
}

/** Whether a single test is true of a query, and whether it could be evaluated. */
export function evaluateTest(test: string, datagram: Uint8Array): boolean | 'error' {
  const membership = new Membership([{ name: 'x', test }]);
  const isIn = membership.evaluate(datagram).includes('x');
  return membership.program.errors > 0 ? 'error' : isIn;
}
