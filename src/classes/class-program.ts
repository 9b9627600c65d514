/**
 * The classes of a configuration, compiled: made once a shard and run for every query. The order of evaluation and of
 * assignment is that of the file; what depends on whether the client is known waits until that is known.
 */
import type { ByteRange } from '../base/byte-range.ts';
import { OctetMap } from '../base/octet-map.ts';
import type { ExpressedClass } from '../config/class-model.ts';
import type { ClassIds } from './class-ids.ts';
import { Compiler } from './compile-test.ts';
import { dependentOnKnown } from './known.ts';
import type { Packet, QueryAccess, Test } from './packet.ts';
import { Prefilter } from './prefilter.ts';
import { Scratch } from './scratch.ts';
import { SPAWN_PREFIX, Template } from './template.ts';

/** The built-in classes by number, NO_CLASS where nothing refers to them. */
export interface BuiltInClasses {
  readonly all: number;
  readonly known: number;
  readonly unknown: number;
  readonly drop: number;
  readonly reject: number;
  readonly bootp: number;
  /** Queries whose option 82 comes from the client's lease. */
  readonly stashed: number;
}

interface CompiledClass<P extends Packet> {
  readonly id: number;
  readonly test: Test<P> | null;
  readonly template: Template<P> | null;
}

const VENDOR_PREFIX = 'VENDOR_CLASS_';

/** Numbers of the classes with a prefix, by what follows it in the name. */
function classesWithPrefix(ids: ClassIds, prefix: string): OctetMap {
  const encoder = new TextEncoder();
  const map = new OctetMap();
  for (const [id, name] of ids.names().entries())
    if (name.startsWith(prefix)) map.add(encoder.encode(name.slice(prefix.length)), id);
  return map;
}

export class ClassProgram<P extends Packet> {
  readonly builtIn: BuiltInClasses;
  /** Whether anything refers to a class of a vendor. */
  readonly hasVendors: boolean;
  /** Expressions that could not be evaluated, since the start. */
  errors = 0;
  readonly #scratch = new Scratch();
  /** In the order of the file. */
  readonly #classes: readonly CompiledClass<P>[];
  readonly #positions = new Map<number, number>();
  readonly #vendors: OctetMap;
  readonly #early: Prefilter<P>;
  readonly #late: Prefilter<P>;
  /** A bit for each class that an expression assigns. */
  readonly #evaluated: Uint32Array;

  /**
   * @param ids has the classes that all other parts of the configuration refer to: this comes last
   * @param access of the family whose queries are put into the classes
   */
  constructor(configs: readonly ExpressedClass[], ids: ClassIds, access: QueryAccess<P>) {
    const compiler = new Compiler(this.#scratch, ids, access);
    const tests = configs.map(({ name, test }) => ({
      id: ids.intern(name),
      test: test && compiler.test(test),
    }));
    const values = configs.map(({ templateTest }) => templateTest && compiler.value(templateTest));
    this.#classes = tests.map(({ id, test }, index) => {
      const value = values[index] ?? null;
      const spawned = classesWithPrefix(ids, `${SPAWN_PREFIX}${configs[index]!.name}_`);
      return { id, test, template: value && new Template(value, spawned, this.#scratch) };
    });
    this.#vendors = classesWithPrefix(ids, VENDOR_PREFIX);
    this.hasVendors = this.#vendors.size > 0;
    this.builtIn = {
      all: ids.find('ALL'),
      known: ids.find('KNOWN'),
      unknown: ids.find('UNKNOWN'),
      drop: ids.find('DROP'),
      reject: ids.find('REJECT'),
      bootp: ids.find('BOOTP'),
      stashed: ids.find('STASH_AGENT_OPTIONS'),
    };
    const late = dependentOnKnown(configs);
    const passOf = (isLate: boolean): Prefilter<P> => {
      const members = configs.flatMap((each, position) =>
        isEvaluated(each) && !each.onlyInAdditionalList && late.has(each.name) === isLate
          ? [[position, each.test] as const]
          : [],
      );
      return new Prefilter<P>(new Map(members), configs.length, compiler, this.#scratch);
    };
    this.#early = passOf(false);
    this.#late = passOf(true);
    this.#evaluated = new Uint32Array((ids.count + 31) >>> 5);
    for (const [position, { id }] of this.#classes.entries()) {
      this.#positions.set(id, position);
      if (isEvaluated(configs[position]!)) this.#evaluated[id >>> 5]! |= 1 << (id & 31);
    }
  }

  /** Assigns the class of a vendor, if anything refers to it. @param vendor the text that names it */
  assignVendor(packet: P, vendor: ByteRange): void {
    packet.classes.add(this.#vendors.find(vendor));
  }

  /** Assigns the classes that do not depend on whether the client is known. */
  assignEarly(packet: P): void {
    this.#run(this.#early, packet);
  }

  /** Assigns the classes that depend on whether the client is known. */
  assignLate(packet: P): void {
    this.#run(this.#late, packet);
  }

  /** Takes back what expressions have assigned. */
  takeBack(packet: P): void {
    packet.classes.removeAll(this.#evaluated);
  }

  /** Assigns a class that a scope lists among its additional classes: one without a test always, one not defined never. */
  assignAdditional(packet: P, id: number): void {
    const position = this.#positions.get(id);
    if (position === undefined || packet.classes.has(id)) return;
    const { test, template } = this.#classes[position]!;
    if (test === null && template === null) packet.classes.add(id);
    else this.#assign(position, packet);
  }

  #run(pass: Prefilter<P>, packet: P): void {
    pass.look(packet);
    const { words } = pass;
    for (let w = 0; w < words.length; w++) {
      for (let bits = words[w]!; bits !== 0; bits &= bits - 1) {
        this.#assign((w << 5) + 31 - Math.clz32(bits & -bits), packet);
      }
    }
  }

  #assign(position: number, packet: P): void {
    const { id, test, template } = this.#classes[position]!;
    this.#scratch.reset();
    if (template !== null) template.assign(packet, id);
    else if (test!(packet) && !this.#scratch.failed) packet.classes.add(id);
    if (this.#scratch.failed) this.errors += 1;
  }
}

function isEvaluated({ test, templateTest }: ExpressedClass): boolean {
  return test !== null || templateTest !== null;
}
