import { type CategoryTraits, categoryTraits, type OrgKind, orgKinds } from './categories.ts'
import {
  cityCode,
  cityName,
  type DistrictTraits,
  districtTraits,
  type LagProfile,
  provinceCode,
  provinceName,
} from './city-names.ts'

export type Region = {
  readonly code: string
  readonly name: string
  /** Code of the region above; empty for the province. */
  readonly parent: string
  readonly level: 1 | 2 | 3 | 4
  /** Residents at the end of 2020 and their yearly growth: districts and streets only. */
  readonly population?: number
  readonly growth?: number
}

export type Org = {
  readonly code: string
  readonly name: string
  readonly region: string
  readonly kind: OrgKind
}

/** An office that reports events. `clock` is how it writes stamps. */
export type Office = {
  readonly source: string
  readonly lag: LagProfile
  readonly statesRecording: boolean
  readonly clock: 'seconds' | 'milliseconds' | 'utc'
}

export type District = DistrictTraits & {
  readonly streetCodes: readonly string[]
  readonly office: Office
  /** One an entry of `streetCodes`. */
  readonly streetOffices: readonly Office[]
}

export type City = {
  readonly code: string
  readonly name: string
  readonly timezone: string
  readonly regions: readonly Region[]
  readonly districts: readonly District[]
  readonly categories: readonly CategoryTraits[]
  readonly orgs: readonly Org[]
  /** Offices that serve the whole city. */
  readonly offices: {
    readonly reception: Office
    readonly province: Office
    readonly hotline: Office
    readonly online: Office
  }
}

export const orgCode = (regionCode: string, kind: OrgKind): string => `${regionCode}-${kind}`

const office = (
  place: string,
  lag: LagProfile,
  statesRecording: boolean,
  clock: Office['clock'],
): Office => ({ source: `/offices/${place}`, lag, statesRecording, clock })

const districtOf = (traits: DistrictTraits): District => {
  const { code, lag, statesRecording, rural, streets } = traits
  const streetCodes = streets.map(
    (_, index) => `${code}${String((rural ? 100 : 1) + index).padStart(3, '0')}`,
  )
  return {
    ...traits,
    streetCodes,
    office: office(code, lag, statesRecording, 'seconds'),
    streetOffices: streetCodes.map((street) => office(street, lag, statesRecording, 'seconds')),
  }
}

const streetName = (name: string, district: District, index: number): string =>
  `${name}${district.rural ? (index < 4 ? '镇' : '乡') : '街道'}`

/** The same city every time; the seed decides what happens in it. */
export const simulatedCity = (timezone: string): City => {
  const districts = districtTraits.map(districtOf)
  const regions: Region[] = [
    { code: provinceCode, name: provinceName, parent: '', level: 4 },
    { code: cityCode, name: cityName, parent: provinceCode, level: 3 },
  ]
  for (const district of districts) {
    const { code, name, population, growth, streets, streetCodes } = district
    regions.push({ code, name, parent: cityCode, level: 2, population, growth })
    streetCodes.forEach((streetCode, index) => {
      regions.push({
        code: streetCode,
        name: streetName(streets[index] ?? '', district, index),
        parent: code,
        level: 1,
        population: Math.round((population * (streets.length - index + 3)) / weightSum(streets)),
        growth,
      })
    })
  }
  const places = [{ code: cityCode, name: cityName }, ...districts]
  const kinds = Object.keys(orgKinds) as OrgKind[]
  return {
    code: cityCode,
    name: cityName,
    timezone,
    regions,
    districts,
    categories: categoryTraits,
    orgs: places.flatMap(({ code, name }) =>
      kinds.map((kind) => ({
        code: orgCode(code, kind),
        name: `${name}${orgKinds[kind]}`,
        region: code,
        kind,
      })),
    ),
    offices: {
      reception: office(cityCode, 'prompt', true, 'seconds'),
      province: office(provinceCode, 'nextDay', true, 'seconds'),
      hotline: office(`${cityCode}/hotline`, 'instant', true, 'milliseconds'),
      online: office(`${cityCode}/online`, 'instant', false, 'utc'),
    },
  }
}

/** The first street of a district is the largest, the last about a third of it. */
const weightSum = (streets: readonly string[]): number =>
  streets.reduce((sum, _, index) => sum + streets.length - index + 3, 0)
