/**
 * Arguments of an answer that are JSON text already. Pages of leases are long: building the text in slices keeps the
 * main thread responsive, and turning it into objects only to write them out again would double the cost.
 */
export class EncodedJson {
  readonly text: string;

  /** @param text one JSON value as kea-json.ts writes it */
  constructor(text: string) {
    this.text = text;
  }

  /** For whoever compares or copies answers and knows nothing of this class. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
