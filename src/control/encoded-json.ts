/**
 * Arguments of an answer that are JSON text already. Pages of leases are long: building the text in slices keeps the
 * main thread responsive, and turning it into objects only to write them out again would double the cost.
 */
export class EncodedJson {
  readonly text: string;

  /** @param text one JSON value */
  constructor(text: string) {
    this.text = text;
  }

  /** For writers that know nothing of this class, so that they too send the value and not its text. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
