/**
 * Expressions of client classes as trees of plain data, so that a configuration can be handed to a worker thread with them.
 * The language is Kea's: every string is a string of octets.
 */

/** A test: true or false of a query. */
export type TestNode =
  | {
      readonly kind: 'and' | 'or';
      readonly terms: readonly TestNode[];
      /** sand, sor: all terms are evaluated, so that an error in any of them counts. */
      readonly isStrict: boolean;
    }
  | { readonly kind: 'not'; readonly term: TestNode }
  | { readonly kind: 'equal'; readonly left: ValueNode; readonly right: ValueNode }
  | { readonly kind: 'exists'; readonly of: OptionNode }
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'match'; readonly pattern: Uint8Array; readonly of: ValueNode };

/** A value: octets out of a query. */
export type ValueNode =
  | { readonly kind: 'literal'; readonly octets: Uint8Array }
  | { readonly kind: 'option'; readonly of: OptionNode; readonly isText: boolean }
  | QueryNode
  | {
      readonly kind: 'substring';
      readonly of: ValueNode;
      readonly start: number;
      /** Null = all that follows; a negative one counts before the start. */
      readonly length: number | null;
    }
  | {
      readonly kind: 'split';
      readonly of: ValueNode;
      readonly delimiters: ValueNode;
      readonly field: number;
    }
  | { readonly kind: 'concat'; readonly parts: readonly ValueNode[] }
  | {
      readonly kind: 'choose';
      readonly test: TestNode;
      readonly then: ValueNode;
      readonly otherwise: ValueNode;
      readonly isStrict: boolean;
    }
  | { readonly kind: 'case'; readonly of: ValueNode; readonly isUpper: boolean }
  | { readonly kind: 'hexstring'; readonly of: ValueNode; readonly separator: ValueNode }
  | { readonly kind: 'address-text'; readonly of: ValueNode }
  | {
      readonly kind: 'number-text';
      readonly of: ValueNode;
      readonly octets: 1 | 2 | 4;
      readonly isSigned: boolean;
    };

/** A value that stands in the query, or is known of the datagram. */
export type QueryNode =
  | { readonly kind: 'field'; readonly field: FieldName }
  | { readonly kind: 'enterprise'; readonly code: VendorCode }
  | { readonly kind: 'vendor-data'; readonly enterprise: number | null; readonly index: number }
  /** DHCPv6: an address in the header of a relay. */
  | { readonly kind: 'relay-address'; readonly level: number; readonly field: 'linkaddr' | 'peeraddr' };

/** Something that a query may have. Codes 0..255, of DHCPv6 0..65535. */
export type OptionNode =
  /** An option, or the sub-option at the end of the path. */
  | { readonly space: 'message'; readonly path: readonly number[] }
  /** A sub-option of option 82. */
  | { readonly space: 'relay'; readonly code: number }
  /** DHCPv6: an option of a relay; 0 = the one nearest to the server, -1 = nearest to the client. */
  | { readonly space: 'relay-level'; readonly level: number; readonly code: number }
  /** The vendor options or the vendor class of an enterprise, null = of any; or one of its vendor options. */
  | {
      readonly space: 'vendor';
      readonly option: VendorCode;
      readonly enterprise: number | null;
      readonly code: number | null;
    };

/** The vendor class, 124 (RFC 3925) or 16 (RFC 8415), and the vendor-specific information, 125 or 17. */
export type VendorCode = 124 | 125 | 16 | 17;

export type FieldName =
  | 'iface'
  | 'src'
  | 'dst'
  | 'len'
  | 'mac'
  | 'hlen'
  | 'htype'
  | 'ciaddr'
  | 'giaddr'
  | 'yiaddr'
  | 'siaddr'
  | 'msgtype'
  | 'transid';
