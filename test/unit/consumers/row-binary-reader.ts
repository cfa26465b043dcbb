/** A value of a RowBinary column as a test compares it: text, number (stamps in epoch ms), list, null. */
export type Value = string | number | null | readonly string[]

/** Reads rows of RowBinary back, by ClickHouse's description of the format. Throws on bytes left over. */
export const readRowBinary = (
  bytes: Uint8Array,
  columns: readonly { readonly name: string; readonly type: string }[],
): Record<string, Value>[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > buffer.length) throw new Error(`the rows end within a value at byte ${at}`)
    at += length
    return buffer.subarray(at - length, at)
  }
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = take(1)[0] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  const text = (): string => take(varint()).toString('utf8')
  const value = (type: string): Value => {
    const inner = /^Nullable\((.*)\)$/.exec(type)?.[1]
    if (inner !== undefined) return take(1)[0] === 1 ? null : value(inner)
    if (type === 'String') return text()
    if (type === 'Array(String)') return Array.from({ length: varint() }, text)
    if (type === 'UInt8' || type === 'Int8') return take(1).readUInt8()
    if (type === 'UInt32') return take(4).readUInt32LE()
    if (type === 'UInt64') return Number(take(8).readBigUInt64LE())
    if (type === 'Int64' || type.startsWith('DateTime64(3')) return Number(take(8).readBigInt64LE())
    const fixed = /^FixedString\((\d+)\)$/.exec(type)?.[1]
    if (fixed !== undefined) return take(Number(fixed)).toString('hex')
    throw new Error(`the reader does not know ${type}`)
  }
  const rows: Record<string, Value>[] = []
  while (at < buffer.length)
    rows.push(Object.fromEntries(columns.map(({ name, type }) => [name, value(type)])))
  return rows
}
