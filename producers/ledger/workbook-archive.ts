import type { Readable } from 'node:stream'
import { type Entry, open, type ZipFile } from 'yauzl'
import { PulseError } from '../../schemas/errors.ts'

/** The parts of a workbook. The archive stays open until `close`. */
export type WorkbookArchive = {
  readonly has: (name: string) => boolean
  /** Size of a part when unpacked, as the archive says; 0 where there is no such part. */
  readonly size: (name: string) => number
  /** A stream of a part's bytes; refuses a part larger than `atMost` bytes before unpacking it. */
  readonly stream: (name: string, atMost: number) => Promise<Readable>
  readonly close: () => void
}

const mostEntries = 10_000

const openZip = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    // Sizes are checked while unpacking: a part that is larger than it says ends in an error.
    open(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    )
  })

const readEntries = (zip: ZipFile): Promise<ReadonlyMap<string, Entry>> =>
  new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>()
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName.toLowerCase(), entry)
      if (entries.size > mostEntries) reject(new Error('it has too many parts'))
      else zip.readEntry()
    })
    zip.on('end', () => resolve(entries))
    zip.on('error', reject)
    zip.readEntry()
  })

/** An archive that cannot be read, in words; the cause says more. */
export const unreadable = (path: string, what: string, cause?: unknown): PulseError =>
  new PulseError(
    'INPUT_INVALID',
    `${path} cannot be read as an XLSX workbook: ${what}. Open it in a spreadsheet program and save it again as .xlsx.`,
    { cause },
  )

/** Opens the archive and reads its list of parts. Throws INPUT_INVALID where it is no archive. */
export const openWorkbookArchive = async (path: string): Promise<WorkbookArchive> => {
  const zip = await openZip(path).catch((cause: unknown) => {
    throw unreadable(path, 'it is not a ZIP archive', cause)
  })
  const entries = await readEntries(zip).catch((cause: unknown) => {
    zip.close()
    throw unreadable(path, 'its list of parts is damaged', cause)
  })
  return {
    has: (name) => entries.has(name.toLowerCase()),
    size: (name) => entries.get(name.toLowerCase())?.uncompressedSize ?? 0,
    stream: (name, atMost) =>
      new Promise((resolve, reject) => {
        const entry = entries.get(name.toLowerCase())
        if (entry === undefined) return reject(unreadable(path, `its part ${name} is missing`))
        if (entry.uncompressedSize > atMost)
          return reject(
            new PulseError(
              'LIMIT_EXCEEDED',
              `${path}: the part ${name} unpacks to ${entry.uncompressedSize} bytes, more than the ${atMost} allowed. Split the ledger, or save it as CSV.`,
            ),
          )
        zip.openReadStream(entry, (error, stream) =>
          error ? reject(unreadable(path, `its part ${name} is damaged`, error)) : resolve(stream),
        )
      }),
    close: () => zip.close(),
  }
}
