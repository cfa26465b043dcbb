/**
 * Writes values in ClickHouse's RowBinary format, which the engine reads several times faster than
 * text and which no character of a value can upset. A LowCardinality(T) column is written as T.
 * One writer is one batch: call the methods in the order of the columns, row after row.
 */
export type RowBinaryWriter = {
  readonly string: (value: string) => void
  readonly u8: (value: number) => void
  readonly u32: (value: number) => void
  /** 0 ≤ value ≤ 2^53 - 1. */
  readonly u64: (value: number) => void
  /** -2^53 < value < 2^53. */
  readonly i64: (value: number) => void
  /** DateTime64(3): epoch milliseconds. */
  readonly time: (epochMs: number) => void
  /** Nullable(DateTime64(3)). */
  readonly timeOrNull: (epochMs: number | undefined) => void
  /** FixedString(n) from 2n hexadecimal digits. */
  readonly hex: (digits: string) => void
  readonly strings: (values: readonly string[]) => void
  /** String, of any bytes. */
  readonly binary: (value: Uint8Array) => void
  /** How many elements of an array follow. */
  readonly count: (elements: number) => void
  /** The bytes written so far; the writer must not be used again. */
  readonly bytes: () => Uint8Array
}

/** Type of a column of stamps, as `time` writes them. */
export const TIME = "DateTime64(3, 'UTC')"

const TWO_32 = 2 ** 32

export const rowBinaryWriter = (initialBytes = 1 << 20): RowBinaryWriter => {
  let buffer = Buffer.allocUnsafe(initialBytes)
  let at = 0
  const room = (bytes: number) => {
    if (at + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes))
    buffer.copy(larger, 0, 0, at)
    buffer = larger
  }
  const varint = (value: number) => {
    let rest = value
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    buffer[at++] = rest
  }
  const count = (elements: number) => {
    room(5)
    varint(elements)
  }
  const string = (value: string) => {
    const most = value.length * 3
    room(most + 5)
    if (most < 0x80) {
      const written = buffer.write(value, at + 1)
      buffer[at] = written
      at += written + 1
      return
    }
    const length = Buffer.byteLength(value)
    varint(length)
    at += buffer.write(value, at)
  }
  const i64 = (value: number) => {
    room(8)
    const high = Math.floor(value / TWO_32)
    buffer.writeUInt32LE(value - high * TWO_32, at)
    buffer.writeInt32LE(high, at + 4)
    at += 8
  }
  return {
    string,
    u8: (value) => {
      room(1)
      buffer[at++] = value
    },
    u32: (value) => {
      room(4)
      at = buffer.writeUInt32LE(value, at)
    },
    u64: i64,
    i64,
    time: i64,
    timeOrNull: (epochMs) => {
      room(1)
      buffer[at++] = epochMs === undefined ? 1 : 0
      if (epochMs !== undefined) i64(epochMs)
    },
    hex: (digits) => {
      room(digits.length / 2)
      at += buffer.write(digits, at, 'hex')
    },
    strings: (values) => {
      count(values.length)
      for (const value of values) string(value)
    },
    binary: (value) => {
      count(value.length)
      room(value.length)
      buffer.set(value, at)
      at += value.length
    },
    count,
    bytes: () => buffer.subarray(0, at),
  }
}
