import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import iconv from 'iconv-lite'
import { csvParser } from './csv-parser.ts'
import type { SheetRow, SheetRows } from './ledger-rows.ts'

type Decoder = { readonly write: (chunk: Buffer) => string; readonly end: () => string }

/** Bytes that the encoding cannot hold become U+FFFD, which refuses the row that needs the cell. */
const decoderOf = (encoding: 'utf-8' | 'gb18030'): Decoder => {
  if (encoding === 'gb18030') {
    const decoder = iconv.getDecoder('gb18030')
    return { write: (chunk) => decoder.write(chunk), end: () => decoder.end() ?? '' }
  }
  const decoder = new TextDecoder('utf-8')
  return {
    write: (chunk) => decoder.decode(chunk, { stream: true }),
    end: () => decoder.decode(),
  }
}

/** The rows of a CSV file, read piece by piece; a byte order mark is left out. */
export const csvRows = async (
  path: string,
  encoding: 'utf-8' | 'gb18030',
  delimiter: string,
): Promise<SheetRows> => {
  const { size } = await stat(path)
  const stream = createReadStream(path, { highWaterMark: 1 << 18 })
  async function* read(): AsyncGenerator<readonly SheetRow[]> {
    const decoder = decoderOf(encoding)
    const parser = csvParser(delimiter)
    let first = true
    for await (const chunk of stream) {
      const text = decoder.write(chunk)
      yield parser.push(first ? text.replace(/^\uFEFF/, '') : text)
      first = false
    }
    yield parser.push(decoder.end())
    yield parser.end()
  }
  return { ragged: true, batches: read(), bytes: size, bytesRead: () => stream.bytesRead }
}
