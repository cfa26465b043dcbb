import { orgKinds } from './categories.ts'
import type { City, Region } from './city.ts'

type Cell = string | number

const csv = (header: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [header, ...rows]
    .map((row) => row.map(cell).join(','))
    .join('\n')
    .concat('\n')

const cell = (value: Cell): string => {
  const text = String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const populationIn = (city: City, region: Region, year: number): number | '' => {
  if (region.level === 3) {
    return city.districts.reduce((sum, district) => sum + grown(district, year), 0)
  }
  const { population, growth = 0 } = region
  return population === undefined ? '' : grown({ population, growth }, year)
}

const grown = (
  { population, growth }: { readonly population: number; readonly growth: number },
  year: number,
): number => Math.round((population * (1 + growth) ** (year - 2020)) / 100) * 100

/**
 * `code,name,parent,level,year,population`: a row for each region and year, both ends included.
 * The province has no population: only one of its cities is simulated.
 */
export const regionsCsv = (city: City, fromYear: number, toYear: number): string => {
  const years = Array.from({ length: toYear - fromYear + 1 }, (_, index) => fromYear + index)
  return csv(
    ['code', 'name', 'parent', 'level', 'year', 'population'],
    city.regions.flatMap((region) =>
      years.map((year) => [
        region.code,
        region.name,
        region.parent,
        region.level,
        year,
        populationIn(city, region, year),
      ]),
    ),
  )
}

/** `path,name,parent`: both steps of the tree, the first before what lies under it. */
export const categoriesCsv = (city: City): string => {
  const rows = new Map<string, readonly Cell[]>()
  for (const { path } of city.categories) {
    const steps = path.split('/')
    const parent = steps[0] ?? path
    rows.set(parent, [parent, parent, ''])
    rows.set(path, [path, steps.at(-1) ?? path, parent])
  }
  return csv(['path', 'name', 'parent'], [...rows.values()])
}

/** `code,name,region,kind`, `kind` in Chinese. */
export const orgsCsv = (city: City): string =>
  csv(
    ['code', 'name', 'region', 'kind'],
    city.orgs.map(({ code, name, region, kind }) => [code, name, region, orgKinds[kind]]),
  )
