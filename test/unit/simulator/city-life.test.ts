import { describe, expect, it } from 'vitest'
import { lunarHolidays } from '../../../producers/simulator/lunar-holidays.ts'
import { simulate } from '../../../producers/simulator/simulate.ts'
import type { SpikeMetric } from '../../../producers/simulator/spikes.ts'
import type { WireData } from '../../../schemas/events/wire.ts'
import { dataOf, localDate, sampleCity, until } from './sample-city.ts'

const dayMs = 86_400_000
const city = sampleCity()
const voided = new Set(
  dataOf(city.standing, 'petition.voided.v1').map((each) => `${each.subject} ${each.petitionId}`),
)
const petitions = dataOf(city.standing, 'petition.registered.v1').filter(
  ({ subject, petitionId, supplement }) =>
    supplement !== true && !voided.has(`${subject} ${petitionId}`),
)
type Petition = (typeof petitions)[number]

const firsts = new Set<Petition>()
const matters = new Set<string>()
for (const petition of petitions) {
  if (!matters.has(petition.subject)) firsts.add(petition)
  matters.add(petition.subject)
}
const visits = petitions.filter(({ channel }) => channel === 'visit')
const share = <T>(items: readonly T[], wanted: (item: T) => boolean): number =>
  items.filter(wanted).length / items.length

const acceptedAt = new Map<string, number>()
for (const { subject, at } of dataOf(city.standing, 'matter.accepted.v1')) {
  if (!acceptedAt.has(subject)) acceptedAt.set(subject, at)
}
const handlingDays: number[] = []
const closed = new Set<string>()
for (const { subject, at } of dataOf(city.standing, 'matter.closed.v1')) {
  const accepted = acceptedAt.get(subject)
  if (accepted !== undefined && !closed.has(subject)) handlingDays.push((at - accepted) / dayMs)
  closed.add(subject)
}

const counts: Readonly<Record<SpikeMetric, (petition: Petition) => boolean>> = {
  repeat_petitions: (petition) => !firsts.has(petition),
  cross_level_legal: ({ channel, receivedLevel, competentLevel }) =>
    channel === 'visit' && (receivedLevel ?? 0) >= (competentLevel ?? 9) + 2,
  collective_visits: ({ channel, people }) => channel === 'visit' && (people ?? 1) >= 5,
}

describe('life in the simulated city', () => {
  it('is quiet at weekends and busiest on Mondays', () => {
    const week = [0, 0, 0, 0, 0, 0, 0]
    for (const { at } of petitions) {
      const weekday = new Date(at + 8 * 3_600_000).getUTCDay()
      week[weekday] = (week[weekday] ?? 0) + 1
    }
    const [sunday = 0, monday = 0, , wednesday = 0, , , saturday = 0] = week
    expect(sunday).toBeLessThan(wednesday * 0.65)
    expect(saturday).toBeLessThan(wednesday * 0.65)
    expect(monday).toBeGreaterThan(wednesday)
  })

  it('dips at every Spring Festival of its years', () => {
    const byDay = new Map<string, number>()
    for (const { at } of petitions) {
      byDay.set(localDate(at), (byDay.get(localDate(at)) ?? 0) + 1)
    }
    const mean = petitions.length / byDay.size
    for (const year of [2024, 2025]) {
      const festival = Date.parse(`${year}-${lunarHolidays.get(year)?.springFestival}T12:00:00Z`)
      const week = Array.from(
        { length: 7 },
        (_, n) => byDay.get(localDate(festival + n * dayMs)) ?? 0,
      )
      expect(week.reduce((sum, count) => sum + count, 0) / 7).toBeLessThan(mean * 0.4)
    }
  })

  it('has four channels of plausible shares, and more and more of it online', () => {
    expect(share(petitions, ({ channel }) => channel === 'visit')).toBeGreaterThan(0.1)
    expect(share(petitions, ({ channel }) => channel === 'visit')).toBeLessThan(0.3)
    expect(share(petitions, ({ channel }) => channel === 'letter')).toBeGreaterThan(0.04)
    expect(share(petitions, ({ channel }) => channel === 'call')).toBeGreaterThan(0.2)
  })

  it('moves online over the years', () => {
    const registered = [...simulate({ seed: 5, years: 6, matters: 4_000, until }).events].filter(
      ({ event }) => event.type === 'petition.registered.v1',
    )
    const online = (year: string) =>
      share(
        registered.filter(({ event }) => event.time.startsWith(year)),
        ({ event }) => (event.data as WireData<'petition.registered.v1'>).channel === 'online',
      )
    expect(online('2020')).toBeGreaterThan(0.25)
    expect(online('2025')).toBeGreaterThan(online('2020') + 0.06)
    expect(online('2025')).toBeLessThan(0.6)
  })

  it('sees matters again, groups come, and some pass over a level', () => {
    expect(share(petitions, counts.repeat_petitions)).toBeGreaterThan(0.2)
    expect(share(petitions, counts.repeat_petitions)).toBeLessThan(0.4)
    expect(share(visits, counts.collective_visits)).toBeGreaterThan(0.05)
    expect(share(visits, counts.collective_visits)).toBeLessThan(0.2)
    expect(share(visits, counts.cross_level_legal)).toBeGreaterThan(0.02)
    expect(share(visits, counts.cross_level_legal)).toBeLessThan(0.15)
    expect(Math.max(...visits.map(({ people = 1 }) => people))).toBeGreaterThan(60)
  })

  it('closes most matters within 60 days, many just before, some after', () => {
    const between = (low: number, high: number) =>
      share(handlingDays, (days) => days >= low && days < high)
    expect(between(0, 61)).toBeGreaterThan(0.8)
    expect(between(61, 1000)).toBeGreaterThan(0.04)
    expect(between(55, 61)).toBeGreaterThan(between(45, 51) * 1.5)
  })

  it('has districts that differ enough to be ranked', () => {
    const repeatShare = city.city.districts.map(({ code }) =>
      share(
        petitions.filter(({ region }) => region.startsWith(code)),
        counts.repeat_petitions,
      ),
    )
    expect(Math.max(...repeatShare) / Math.min(...repeatShare)).toBeGreaterThan(1.2)
  })

  it('records some things weeks late, and some offices do not say when', () => {
    const days = city.deliveries.map(
      ({ event, receivedTime }) => (receivedTime - Date.parse(event.time)) / dayMs,
    )
    expect(share(days, (late) => late > 7)).toBeGreaterThan(0.01)
    expect(share(days, (late) => late < 1)).toBeGreaterThan(0.6)
    const stated = share(city.deliveries, ({ event }) => event.recordedtime !== undefined)
    expect(stated).toBeGreaterThan(0.5)
    expect(stated).toBeLessThan(0.95)
  })

  it('names regions, categories and organisations of its own tables only', () => {
    const regions = new Set(city.city.regions.map(({ code }) => code))
    const orgs = new Set(city.city.orgs.map(({ code }) => code))
    const categories = new Set(city.city.categories.map(({ path }) => path))
    const unknown = petitions.filter(
      ({ region, category, org }) =>
        !regions.has(region) || !categories.has(category) || (org !== undefined && !orgs.has(org)),
    )
    expect(unknown).toEqual([])
    const forwarded = dataOf(city.standing, 'matter.forwarded.v1')
    expect(forwarded.filter(({ toOrg }) => !orgs.has(toOrg))).toEqual([])
  })

  it('merges matters into others that exist', () => {
    const merges = city.standing.filter(({ type }) => type === 'matter.merged.v1')
    expect(merges.length).toBeGreaterThan(10)
    const subjects = new Set(city.deliveries.map(({ event }) => event.subject))
    const astray = merges.filter(({ subject, data }) => {
      const { into } = data as WireData<'matter.merged.v1'>
      return into === subject || !subjects.has(into)
    })
    expect(astray).toEqual([])
  })

  it('shows each injected spike over the weeks before it', () => {
    expect(city.spikes.length).toBeGreaterThanOrEqual(3)
    expect(new Set(city.spikes.map(({ metric }) => metric)).size).toBe(3)
    for (const spike of city.spikes) {
      const cell = petitions.filter(
        (petition) =>
          petition.region.startsWith(spike.region) &&
          petition.category === spike.category &&
          counts[spike.metric](petition),
      )
      const within = (start: number, end: number) =>
        cell.filter(({ at }) => at >= start && at < end).length
      const days = (spike.end - spike.start) / dayMs
      const usual = (within(spike.start - 84 * dayMs, spike.start) / 84) * days
      const seen = within(spike.start, spike.end)
      expect(seen).toBeGreaterThanOrEqual(spike.extra * 0.9)
      expect(seen).toBeLessThanOrEqual(spike.extra + usual + 8)
      expect(seen).toBeGreaterThan(4 * usual)
    }
  })
})
