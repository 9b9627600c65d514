/** Puts datagrams where the kernel would put them, and reads what was found out. */
import { DESCRIPTOR_WORDS, type Field } from '../../src/dhcp4/descriptor.ts';
import {
  BATCH_MAX,
  DESCRIPTOR_BYTES,
  INPUT_OFFSET,
  INPUT_STRIDE,
  LENGTHS_OFFSET,
  MEMORY_PAGES,
  RESULTS_OFFSET,
  SCRATCH_OFFSET,
} from '../../src/wasm/layout.ts';
import type { Classifier } from '../../src/wasm/module.ts';
import { ClassifierTwin } from '../oracle/classify4.ts';

const image = new Uint8Array(new ArrayBuffer(MEMORY_PAGES * 65536));
const before = new Uint8Array(image.length);
const twin = new ClassifierTwin(image.buffer);

/** Places the datagrams, cut at the size of a slot as recvmmsg does. */
export function place(classifier: Classifier, datagrams: readonly Uint8Array[]): void {
  datagrams.forEach((datagram, i) => {
    classifier.bytes.set(datagram.subarray(0, INPUT_STRIDE), INPUT_OFFSET + i * INPUT_STRIDE);
    classifier.setLength(i, datagram.length);
  });
}

/** Places and classifies. */
export function classify(classifier: Classifier, ...datagrams: Uint8Array[]): void {
  place(classifier, datagrams);
  classifier.classify(datagrams.length);
}

/** A field of descriptor `i` as an unsigned number. */
export function field(classifier: Classifier, word: (typeof Field)[keyof typeof Field], i = 0): number {
  return classifier.words[i * DESCRIPTOR_WORDS + word]! >>> 0;
}

/** The bytes of an option, given the field of its offset; the length is the next word. */
export function run(classifier: Classifier, word: (typeof Field)[keyof typeof Field], i = 0): number[] {
  const offset = field(classifier, word, i);
  const length = classifier.words[i * DESCRIPTOR_WORDS + word + 1]!;
  return [...classifier.bytes.subarray(offset, offset + length)];
}

/**
 * Classifies what is placed in the module and in a twin with the same memory image, and compares everything: results,
 * concatenated options, and that not one byte changed anywhere else.
 * @returns what differs, '' for nothing
 */
export function differenceToTwin(classifier: Classifier, count: number): string {
  image.set(classifier.bytes);
  before.set(classifier.bytes);
  twin.classify(count);
  classifier.classify(count);
  const expected = new Int32Array(image.buffer, RESULTS_OFFSET, BATCH_MAX * DESCRIPTOR_WORDS);
  const inResults = differenceOfWords(classifier.words, expected, DESCRIPTOR_WORDS);
  if (inResults !== '') return inResults;
  const resultsEnd = RESULTS_OFFSET + count * DESCRIPTOR_BYTES;
  if (differs(classifier.bytes, image, SCRATCH_OFFSET, LENGTHS_OFFSET)) return 'scratch area';
  if (differs(classifier.bytes, before, INPUT_OFFSET, SCRATCH_OFFSET)) return 'input changed';
  if (differs(classifier.bytes, before, LENGTHS_OFFSET, RESULTS_OFFSET)) return 'lengths changed';
  if (differs(classifier.bytes, before, resultsEnd, before.length)) return 'written behind the results';
  return '';
}

/** Whether two images of the memory are not the same in [from, end). */
export function differs(left: Uint8Array, right: Uint8Array, from: number, end: number): boolean {
  return Buffer.compare(left.subarray(from, end), right.subarray(from, end)) !== 0;
}

/** Compares all descriptors of a batch. @param width words of one @returns the first that differs, '' for none */
export function differenceOfWords(words: Int32Array, expected: Int32Array, width: number): string {
  const at = words.findIndex((word, i) => word !== expected[i]);
  if (at < 0) return '';
  return `datagram ${Math.floor(at / width)} word ${at % width}: ${words[at]}, twin ${expected[at]}`;
}
