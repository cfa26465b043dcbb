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
  readonly bytes: () => Uint8Array<ArrayBuffer>
}

/** Type of a column of stamps, as `time` writes them. */
export const TIME = "DateTime64(3, 'UTC')"

const TWO_32 = 2 ** 32

/** Longest text written byte by byte. */
const SHORT = 40

/** What a hexadecimal digit says, by its character code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) =>
  Number.parseInt(String.fromCharCode(code), 16),
)

const digit = (text: string, at: number): number => DIGITS[text.charCodeAt(at)] ?? 0

export const rowBinaryWriter = (initialBytes = 1 << 20): RowBinaryWriter => {
  // of their own, not of a pool: what was written may go to another thread as it is
  let buffer = Buffer.allocUnsafeSlow(initialBytes)
  let at = 0
  const room = (bytes: number) => {
    if (at + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + bytes))
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
  /** Short texts without surrogates, which most are, byte by byte: a call out of here costs more. */
  const short = (value: string): boolean => {
    const { length } = value
    if (length > SHORT) return false
    let end = at + 1
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code < 0x80) buffer[end++] = code
      else if (code < 0x800) {
        buffer[end++] = 0xc0 | (code >> 6)
        buffer[end++] = 0x80 | (code & 0x3f)
      } else if (code < 0xd800 || code > 0xdfff) {
        buffer[end++] = 0xe0 | (code >> 12)
        buffer[end++] = 0x80 | ((code >> 6) & 0x3f)
        buffer[end++] = 0x80 | (code & 0x3f)
      } else return false
    }
    buffer[at] = end - at - 1
    at = end
    return true
  }
  const string = (value: string) => {
    room(value.length * 3 + 5)
    if (short(value)) return
    // most texts that are long have a length of two bytes: written before it is known
    const written = buffer.write(value, at + 2)
    if (written >= 0x80 && written < 0x4000) {
      buffer[at] = (written & 0x7f) | 0x80
      buffer[at + 1] = written >> 7
      at += written + 2
      return
    }
    varint(written)
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
      for (let i = 0; i < digits.length; i += 2)
        buffer[at++] = (digit(digits, i) << 4) | digit(digits, i + 1)
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
