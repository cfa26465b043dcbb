/** One line of a stream: its number (from 1) and its bytes; `tooLong` lines come without bytes. */
export type Line =
  | { readonly line: number; readonly bytes: Uint8Array }
  | { readonly line: number; readonly tooLong: true }

const NEWLINE = 10
const BOM = [0xef, 0xbb, 0xbf]

const isBlank = (bytes: Uint8Array): boolean => {
  for (const byte of bytes) if (byte !== 32 && byte !== 9 && byte !== 13) return false
  return true
}

/**
 * Cuts a stream of bytes at line feeds, a list of lines for each chunk. Blank lines are left out
 * but numbered, a byte-order mark at the start is dropped. Memory is bounded by the chunk and
 * `maxLineBytes`: of a longer line only its number is kept.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<Line[]> {
  let line = 1
  let kept: Uint8Array[] = []
  let keptBytes = 0
  let tooLong = false

  const take = (part: Uint8Array): void => {
    keptBytes += part.byteLength
    if (keptBytes > maxLineBytes) {
      tooLong = true
      kept = []
    } else if (part.byteLength > 0) kept.push(part)
  }
  const finish = (into: Line[]): void => {
    if (tooLong) into.push({ line, tooLong: true })
    else {
      const only = kept.length === 1 ? kept[0] : undefined
      const whole = only ?? Buffer.concat(kept)
      const bytes =
        line === 1 && BOM.every((byte, at) => whole[at] === byte) ? whole.subarray(3) : whole
      if (!isBlank(bytes)) into.push({ line, bytes })
    }
    line++
    kept = []
    keptBytes = 0
    tooLong = false
  }

  for await (const chunk of chunks) {
    const lines: Line[] = []
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, at))
      finish(lines)
      from = at + 1
    }
    // a copy: what is kept must neither hold on to the chunk it came from nor change with it
    take(Buffer.from(chunk.subarray(from)))
    if (lines.length > 0) yield lines
  }
  if (keptBytes > 0) {
    const last: Line[] = []
    finish(last)
    if (last.length > 0) yield last
  }
}
