/** Reads what an expression takes out of a query: options, sub-options, vendor options, fields of the header. */
import type { AnyNode } from './parse.ts';
import type { TokenReader } from './reader.ts';
import type { FieldName, OptionNode, VendorCode } from './syntax-tree.ts';

const CODE_MAX = 255;
const CODE_MAX_6 = 65_535;
const UINT32_MAX = 0xffffffff;
/** Relays that an expression may name, from either end. */
const LEVELS = 32;
const DATA_INDEX_MAX = 255;

/** The options of vendors: their class, and their own information. */
const VENDOR_CODES = { 4: { class: 124, options: 125 }, 6: { class: 16, options: 17 } } as const;

const PACKET_FIELDS = ['iface', 'src', 'dst', 'len'] as const;
const HEADER_FIELDS_6 = ['msgtype', 'transid'] as const;
const HEADER_FIELDS = [
  'mac',
  'hlen',
  'htype',
  'ciaddr',
  'giaddr',
  'yiaddr',
  'siaddr',
  'msgtype',
  'transid',
] as const;

/** @returns null when something else stands here */
export function readOptionAccess(reader: TokenReader): AnyNode | null {
  if (reader.take('option')) return readOption(reader);
  if (reader.take('pkt')) return readField(reader, PACKET_FIELDS);
  if (reader.take('vendor')) return readVendor(reader);
  if (reader.take('vendor-class')) return readVendorClass(reader);
  return reader.surroundings.family === 4 ? readAccess4(reader) : readAccess6(reader);
}

function readAccess4(reader: TokenReader): AnyNode | null {
  if (reader.take('relay4')) {
    const code = bracketed(reader, () => reader.integer(0, CODE_MAX));
    reader.expect('.');
    return readForm(reader, { space: 'relay', code });
  }
  if (reader.take('pkt4')) return readField(reader, HEADER_FIELDS);
  if (reader.isAt('relay6') || reader.isAt('pkt6')) throw reader.fault('what a DHCPv4 query has');
  return null;
}

function readAccess6(reader: TokenReader): AnyNode | null {
  if (reader.isAt('relay4') || reader.isAt('pkt4')) throw reader.fault('what a DHCPv6 query has');
  if (reader.take('relay6')) return readRelay6(reader);
  return reader.take('pkt6') ? readField(reader, HEADER_FIELDS_6) : null;
}

/** relay6[LEVEL] ( .option[CODE] .FORM | .peeraddr | .linkaddr ) */
function readRelay6(reader: TokenReader): AnyNode {
  const level = bracketed(reader, () => reader.integer(-LEVELS, LEVELS - 1));
  reader.expect('.');
  const what = reader.oneOf('option', 'peeraddr', 'linkaddr');
  if (what !== 'option') return { type: 'value', node: { kind: 'relay-address', level, field: what } };
  const code = bracketed(reader, () => reader.integer(0, CODE_MAX_6));
  reader.expect('.');
  return readForm(reader, { space: 'relay-level', level, code });
}

function vendorCodes({ surroundings }: TokenReader) {
  return VENDOR_CODES[surroundings.family];
}

function codeMax({ surroundings }: TokenReader): number {
  return surroundings.family === 4 ? CODE_MAX : CODE_MAX_6;
}

function bracketed<T>(reader: TokenReader, read: () => T): T {
  reader.expect('[');
  const result = read();
  reader.expect(']');
  return result;
}

/** option[CODE or NAME] {.option[CODE]} .FORM */
function readOption(reader: TokenReader): AnyNode {
  const path = [bracketed(reader, () => optionCode(reader))];
  reader.expect('.');
  while (reader.take('option')) {
    path.push(bracketed(reader, () => reader.integer(0, codeMax(reader))));
    reader.expect('.');
  }
  return readForm(reader, { space: 'message', path });
}

function optionCode(reader: TokenReader): number {
  const { token } = reader;
  if (token.kind !== 'name') return reader.integer(0, codeMax(reader));
  const code = reader.surroundings.optionCode(token.text);
  if (code === undefined) throw reader.fault('the name of a standard or defined option, or a code');
  reader.advance();
  return code;
}

function readForm(reader: TokenReader, of: OptionNode): AnyNode {
  const form = reader.oneOf('text', 'hex', 'exists');
  if (form === 'exists') return { type: 'test', node: { kind: 'exists', of } };
  return { type: 'value', node: { kind: 'option', of, isText: form === 'text' } };
}

function readField(reader: TokenReader, fields: readonly FieldName[]): AnyNode {
  reader.expect('.');
  return { type: 'value', node: { kind: 'field', field: reader.oneOf(...fields) } };
}

/** vendor.enterprise | vendor[N or *] ( .exists | .option[CODE] .FORM ) */
function readVendor(reader: TokenReader): AnyNode {
  const { options: option } = vendorCodes(reader);
  if (reader.isAt('.')) return readEnterprise(reader, option);
  const enterprise = bracketed(reader, () => readEnterpriseNumber(reader));
  reader.expect('.');
  if (reader.oneOf('exists', 'option') === 'exists')
    return exists({ space: 'vendor', option, enterprise, code: null });
  const code = bracketed(reader, () => reader.integer(0, codeMax(reader)));
  reader.expect('.');
  return readForm(reader, { space: 'vendor', option, enterprise, code });
}

/** vendor-class.enterprise | vendor-class[N or *] ( .exists | .data | .data[INDEX] ) */
function readVendorClass(reader: TokenReader): AnyNode {
  const { class: option } = vendorCodes(reader);
  if (reader.isAt('.')) return readEnterprise(reader, option);
  const enterprise = bracketed(reader, () => readEnterpriseNumber(reader));
  reader.expect('.');
  if (reader.oneOf('exists', 'data') === 'exists')
    return exists({ space: 'vendor', option, enterprise, code: null });
  const index = reader.isAt('[') ? bracketed(reader, () => reader.integer(0, DATA_INDEX_MAX)) : 0;
  return { type: 'value', node: { kind: 'vendor-data', enterprise, index } };
}

function readEnterprise(reader: TokenReader, code: VendorCode): AnyNode {
  reader.expect('.');
  reader.expect('enterprise');
  return { type: 'value', node: { kind: 'enterprise', code } };
}

/** Null = any. */
function readEnterpriseNumber(reader: TokenReader): number | null {
  return reader.take('*') ? null : reader.integer(0, UINT32_MAX);
}

function exists(of: OptionNode): AnyNode {
  return { type: 'test', node: { kind: 'exists', of } };
}
