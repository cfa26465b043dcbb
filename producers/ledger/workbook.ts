import { PulseError } from '../../schemas/errors.ts'
import { type CellFormat, cellFormat } from './cell-format.ts'
import { unreadable, type WorkbookArchive } from './workbook-archive.ts'
import { readAllElements } from './xml-elements.ts'

/** What is needed to read one sheet: its part, and the tables its cells point into. */
export type Workbook = {
  readonly sheetPart: string
  readonly date1904: boolean
  readonly sharedStrings: readonly string[]
  readonly formats: readonly CellFormat[]
}

const smallPart = 64 * 1024 * 1024
/** Shared strings are kept in memory while the sheet is read. */
const sharedStringsPart = 256 * 1024 * 1024

const resolvePart = (base: string, target: string): string =>
  target.startsWith('/') ? target.slice(1) : new URL(target, `file:///${base}`).pathname.slice(1)

type Relations = ReadonlyMap<string, { readonly type: string; readonly part: string }>

const readRelations = async (archive: WorkbookArchive, part: string): Promise<Relations> => {
  const slash = part.lastIndexOf('/') + 1
  const name = `${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`
  const relations = new Map<string, { type: string; part: string }>()
  if (!archive.has(name)) return relations
  await readAllElements(await archive.stream(name, smallPart), {
    open: (element, attribute) => {
      if (element !== 'Relationship' || attribute('TargetMode') === 'External') return
      const type = attribute('Type') ?? ''
      relations.set(attribute('Id') ?? '', {
        type: type.slice(type.lastIndexOf('/') + 1),
        part: decodeURIComponent(resolvePart(part, attribute('Target') ?? '')),
      })
    },
  })
  return relations
}

const partOf = (relations: Relations, type: string): string | undefined =>
  [...relations.values()].find((relation) => relation.type === type)?.part

type SheetEntry = { readonly name: string; readonly relation: string }

const readSheets = async (archive: WorkbookArchive, part: string) => {
  const sheets: SheetEntry[] = []
  let date1904 = false
  await readAllElements(await archive.stream(part, smallPart), {
    open: (element, attribute) => {
      if (element === 'workbookPr') date1904 = /^(1|true)$/.test(attribute('date1904') ?? '')
      if (element === 'sheet')
        sheets.push({ name: attribute('name') ?? '', relation: attribute('id') ?? '' })
    },
  })
  return { sheets, date1904 }
}

/** `_x000D_` stands for a character that XML cannot hold. */
export const unescapeText = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text

const readSharedStrings = async (
  archive: WorkbookArchive,
  part: string | undefined,
): Promise<readonly string[]> => {
  const strings: string[] = []
  if (part === undefined || !archive.has(part)) return strings
  let text = ''
  let inText = false
  let phonetic = false
  await readAllElements(await archive.stream(part, sharedStringsPart), {
    open: (element) => {
      if (element === 'si') text = ''
      else if (element === 't') inText = true
      else if (element === 'rPh') phonetic = true
    },
    text: (piece) => {
      if (inText && !phonetic) text += piece
    },
    close: (element) => {
      if (element === 't') inText = false
      else if (element === 'rPh') phonetic = false
      else if (element === 'si') strings.push(unescapeText(text))
    },
  })
  return strings
}

const readFormats = async (
  archive: WorkbookArchive,
  part: string | undefined,
): Promise<readonly CellFormat[]> => {
  const codes = new Map<number, string>()
  const ids: number[] = []
  let inCells = false
  if (part === undefined || !archive.has(part)) return []
  await readAllElements(await archive.stream(part, smallPart), {
    open: (element, attribute) => {
      if (element === 'numFmt')
        codes.set(Number(attribute('numFmtId')), attribute('formatCode') ?? '')
      else if (element === 'cellXfs') inCells = true
      else if (element === 'xf' && inCells) ids.push(Number(attribute('numFmtId') ?? '0'))
    },
    close: (element) => {
      if (element === 'cellXfs') inCells = false
    },
  })
  return ids.map((id) => cellFormat(id, codes.get(id)))
}

const choose = (
  path: string,
  sheets: readonly SheetEntry[],
  wanted: string | number | undefined,
): SheetEntry => {
  const chosen =
    typeof wanted === 'number'
      ? sheets[wanted - 1]
      : wanted === undefined
        ? sheets[0]
        : sheets.find(({ name }) => name.trim() === wanted.trim())
  if (chosen !== undefined) return chosen
  const names = sheets.map(({ name }) => `"${name}"`).join(', ')
  throw new PulseError(
    'INPUT_INVALID',
    `${path} has no sheet ${wanted === undefined ? '' : JSON.stringify(wanted)}; it has ${names}. Set \`sheet\` in the mapping to one of these, or to its number.`,
  )
}

/** Reads all but the sheet itself. `sheet`: name, number counted from 1, or the first one. */
export const readWorkbook = async (
  path: string,
  archive: WorkbookArchive,
  sheet: string | number | undefined,
): Promise<Workbook> => {
  const part = partOf(await readRelations(archive, ''), 'officeDocument') ?? 'xl/workbook.xml'
  const relations = await readRelations(archive, part)
  const { sheets, date1904 } = await readSheets(archive, part)
  const chosen = choose(path, sheets, sheet)
  const sheetPart = relations.get(chosen.relation)?.part
  if (sheetPart === undefined) throw unreadable(path, `its sheet "${chosen.name}" is missing`)
  return {
    sheetPart,
    date1904,
    sharedStrings: await readSharedStrings(archive, partOf(relations, 'sharedStrings')),
    formats: await readFormats(archive, partOf(relations, 'styles')),
  }
}
