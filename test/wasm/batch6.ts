/** Puts DHCPv6 datagrams where the kernel would put them, and reads what was found out. */
import { RELAY_LEVELS_MAX } from '../../src/dhcp6/codes.ts';
import { DESCRIPTOR_WORDS, type Field, RELAY_WORDS } from '../../src/dhcp6/descriptor.ts';
import {
  BATCH_MAX,
  DESCRIPTOR6_BYTES,
  INPUT_OFFSET,
  LAYOUT_END,
  MEMORY_PAGES,
  RELAYS_OFFSET,
  RESULTS6_OFFSET,
} from '../../src/wasm/layout.ts';
import type { Classifier } from '../../src/wasm/module.ts';
import { ClassifierTwin6 } from '../oracle/classify6.ts';
import { differenceOfWords, differs, place } from './batch.ts';

type FieldWord = (typeof Field)[keyof typeof Field];

const image = new Uint8Array(new ArrayBuffer(MEMORY_PAGES * 65536));
const before = new Uint8Array(image.length);
const twin = new ClassifierTwin6(image.buffer);

/** Places and classifies. */
export function classify6(classifier: Classifier, ...datagrams: (readonly number[] | Uint8Array)[]): void {
  place(
    classifier,
    datagrams.map((datagram) => Uint8Array.from(datagram)),
  );
  classifier.classify6(datagrams.length);
}

/** A field of descriptor `i`. */
export function field6(classifier: Classifier, word: FieldWord, i = 0): number {
  return classifier.words6[i * DESCRIPTOR_WORDS + word]!;
}

/** The bytes of an option, given the field of its offset; the length is the next word. */
export function run6(classifier: Classifier, word: FieldWord, i = 0): number[] {
  const offset = field6(classifier, word, i);
  return [...classifier.bytes.subarray(offset, offset + classifier.words6[i * DESCRIPTOR_WORDS + word + 1]!)];
}

/** Header and end of a relay's part of datagram `i`, from the start of the datagram. */
export function level6(classifier: Classifier, level: number, i = 0): number[] {
  const at = (i * RELAY_LEVELS_MAX + level) * RELAY_WORDS;
  return [...classifier.relays.subarray(at, at + RELAY_WORDS)].map((offset) => offset - INPUT_OFFSET);
}

/**
 * Classifies what is placed in the module and in a twin with the same memory image, and compares everything: results, the
 * places of the relays, and that not one byte changed anywhere else.
 * @returns what differs, '' for nothing
 */
export function differenceToTwin6(classifier: Classifier, count: number): string {
  image.set(classifier.bytes);
  before.set(classifier.bytes);
  twin.classify(count);
  classifier.classify6(count);
  const expected = new Int32Array(image.buffer, RESULTS6_OFFSET, BATCH_MAX * DESCRIPTOR_WORDS);
  const inResults = differenceOfWords(classifier.words6, expected, DESCRIPTOR_WORDS);
  if (inResults !== '') return inResults;
  const resultsEnd = RESULTS6_OFFSET + count * DESCRIPTOR6_BYTES;
  const { bytes } = classifier;
  if (differs(bytes, image, RELAYS_OFFSET, LAYOUT_END)) return 'places of relays';
  if (differs(bytes, before, INPUT_OFFSET, RESULTS6_OFFSET)) return 'written before the results';
  if (differs(bytes, before, resultsEnd, RELAYS_OFFSET)) return 'written behind the results';
  if (differs(bytes, before, LAYOUT_END, before.length)) return 'written behind everything';
  return '';
}
