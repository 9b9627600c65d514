/** Addresses of a simulated machine's memory: every buffer that is given to its kernel has a place of its own. */

interface Place {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Of the first buffer: a null pointer is none. */
const FIRST_ADDRESS = 0x1_0000;
const ALIGNMENT = 64;

export class Memory {
  readonly #places: Place[] = [];
  readonly #known = new WeakMap<ArrayBufferLike, Place>();
  #next = FIRST_ADDRESS;

  /** The address of the first octet of a view; always the same for the same memory. */
  addressOf(view: Uint8Array): number {
    let place = this.#known.get(view.buffer);
    if (place === undefined) {
      const bytes = new Uint8Array(view.buffer);
      place = { address: this.#next, bytes };
      this.#next += Math.ceil((bytes.length + 1) / ALIGNMENT) * ALIGNMENT;
      this.#places.push(place);
      this.#known.set(view.buffer, place);
    }
    return place.address + view.byteOffset;
  }

  /** What is there now. */
  mark(): number {
    return this.#places.length;
  }

  /** Forgets what has come since a mark. Pre: nobody has an address of it. */
  forgetSince(mark: number): void {
    this.#places.length = mark;
  }

  /** The octets at an address. @throws RangeError where there is no memory: a real kernel would say EFAULT */
  at(address: number, length: number): Uint8Array {
    const place = this.#find(address);
    const from = address - place.address;
    if (from + length > place.bytes.length) throw new RangeError(`${length} octets at ${address}`);
    return place.bytes.subarray(from, from + length);
  }

  /** A view for words at an address that a 32-bit word may have. */
  words(address: number, count: number): Uint32Array {
    const bytes = this.at(address, count * 4);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  }

  #find(address: number): Place {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#places[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    const place = this.#places[low - 1];
    if (place === undefined) throw new RangeError(`no memory at ${address}`);
    return place;
  }
}
