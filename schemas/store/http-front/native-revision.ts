import { type ColumnType, elementType, typeOf } from './column-type.ts'
import { refusal } from './exceptions.ts'

/** From this revision of the native protocol on, a client expects a byte for each column's serialisation. */
export const FIRST_REVISION = 54_454

/** What a server writes before a block: no overflow row, no bucket. */
const BLOCK_INFO = Buffer.from([1, 0, 2, 255, 255, 255, 255, 0])
const USUAL_SERIALISATION = Buffer.from([0])

/** Bytes of a value of these types. */
const widths: ReadonlyMap<string, number> = new Map([
  ...['UInt8', 'Int8', 'Bool', 'Enum8', 'Nothing'].map((name) => [name, 1] as const),
  ...['UInt16', 'Int16', 'Enum16', 'Date', 'BFloat16'].map((name) => [name, 2] as const),
  ...['UInt32', 'Int32', 'Float32', 'Date32', 'DateTime', 'IPv4', 'Time', 'Decimal32'].map(
    (name) => [name, 4] as const,
  ),
  ...['UInt64', 'Int64', 'Float64', 'DateTime64', 'Time64', 'Decimal64'].map(
    (name) => [name, 8] as const,
  ),
  ...['UInt128', 'Int128', 'UUID', 'IPv6', 'Decimal128'].map((name) => [name, 16] as const),
  ...['UInt256', 'Int256', 'Decimal256'].map((name) => [name, 32] as const),
])
/** Types that are another one under a name of their own. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['Point', 'Tuple(Float64, Float64)'],
  ['Ring', 'Array(Point)'],
  ['LineString', 'Array(Point)'],
  ['Polygon', 'Array(Ring)'],
  ['MultiLineString', 'Array(LineString)'],
  ['MultiPolygon', 'Array(Polygon)'],
])

const widthOf = ({ name, args }: ColumnType): number | undefined => {
  if (name === 'FixedString') return Number(args[0])
  if (name === 'Decimal') {
    const precision = Number(args[0])
    return precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32
  }
  return name.startsWith('Interval') ? 8 : widths.get(name)
}

/** The types inside a type whose values are laid one after another. */
const innerTypes = ({ name, args }: ColumnType): readonly string[] =>
  name === 'Tuple' || name === 'Nested'
    ? args.map(elementType)
    : name === 'SimpleAggregateFunction'
      ? args.slice(1)
      : args

type Cursor = { readonly bytes: Buffer; at: number }

const varint = (cursor: Cursor): number => {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = cursor.bytes.readUInt8(cursor.at++)
    value += (byte & 127) * factor
    if (byte < 128) return value
  }
}

const u64 = (cursor: Cursor): number => {
  const value = Number(cursor.bytes.readBigUInt64LE(cursor.at))
  cursor.at += 8
  return value
}

/** Passes over what comes once before a column's values. */
const passPrefix = (text: string, cursor: Cursor): void => {
  const type = typeOf(aliases.get(text) ?? text)
  if (type.name === 'LowCardinality') cursor.at += 8
  else if (widthOf(type) === undefined && type.name !== 'String')
    for (const inner of innerTypes(type)) passPrefix(inner, cursor)
}

/** Passes over `rows` values. Throws for a type whose length cannot be told. */
const passValues = (text: string, rows: number, cursor: Cursor): void => {
  const type = typeOf(aliases.get(text) ?? text)
  const width = widthOf(type)
  if (width !== undefined) {
    cursor.at += rows * width
    return
  }
  const inner = innerTypes(type)
  switch (type.name) {
    case 'String':
      for (let row = 0; row < rows; row++) {
        const length = varint(cursor)
        cursor.at += length
      }
      return
    case 'Nullable':
      cursor.at += rows
      break
    case 'Array':
    case 'Map':
    case 'Nested': {
      cursor.at += rows * 8
      const all = rows === 0 ? 0 : Number(cursor.bytes.readBigUInt64LE(cursor.at - 8))
      for (const each of inner) passValues(each, all, cursor)
      return
    }
    case 'LowCardinality':
      passLowCardinality(inner[0] ?? '', rows, cursor)
      return
    case 'Tuple':
    case 'SimpleAggregateFunction':
      if (inner.length > 0) break
      throw unknownType(type.name)
    default:
      throw unknownType(type.name)
  }
  for (const each of inner) passValues(each, rows, cursor)
}

/** A dictionary and places in it, in pieces until there are enough. */
const passLowCardinality = (text: string, rows: number, cursor: Cursor): void => {
  const { name, args } = typeOf(text)
  const keyType = name === 'Nullable' ? (args[0] ?? '') : text
  for (let left = rows; left > 0; ) {
    const indexType = u64(cursor)
    passValues(keyType, u64(cursor), cursor)
    const places = u64(cursor)
    cursor.at += places * 2 ** (indexType % 256)
    left -= places
  }
}

const unknownType = (name: string): Error =>
  refusal(
    'NOT_IMPLEMENTED',
    `A column of type ${name} cannot be sent in the native format of this client's protocol. Ask for another format, or for toString() or CAST of the column.`,
  )

/**
 * A result in the format Native as a client of revision 54454 or later expects it: the engine writes it
 * as for clients that name no revision. Each block gets its head, each column its byte.
 */
export const withRevision = (bytes: Buffer): Buffer => {
  const cursor: Cursor = { bytes, at: 0 }
  const pieces: Buffer[] = []
  while (cursor.at < bytes.length) {
    let from = cursor.at
    const columns = varint(cursor)
    const rows = varint(cursor)
    pieces.push(BLOCK_INFO, bytes.subarray(from, cursor.at))
    for (let column = 0; column < columns; column++) {
      from = cursor.at
      const nameLength = varint(cursor)
      cursor.at += nameLength
      const typeLength = varint(cursor)
      const type = bytes.toString('utf8', cursor.at, cursor.at + typeLength)
      cursor.at += typeLength
      pieces.push(bytes.subarray(from, cursor.at), USUAL_SERIALISATION)
      from = cursor.at
      if (rows > 0) {
        passPrefix(type, cursor)
        passValues(type, rows, cursor)
      }
      pieces.push(bytes.subarray(from, cursor.at))
    }
  }
  if (cursor.at !== bytes.length) throw new RangeError('a Native block is longer than the result')
  return Buffer.concat(pieces)
}
