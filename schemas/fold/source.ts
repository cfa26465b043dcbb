import { placementOf } from '../store/cluster.ts'
import type { Store } from '../store/port.ts'
import { sqlInstant, sqlStringSet } from '../store/sql-text.ts'
import { foldSql } from './fold-sql.ts'
import type { Cut } from './known-events.ts'
import { liveRows, stamps } from './live-rows.ts'
import { mergeComponents, mergedRelation, resolveMerges } from './merge-lookup.ts'

/**
 * What is known at a cut, as relations to stand after FROM: subqueries with the columns of `matters`
 * and of `petitions` (less the stamps of knowledge).
 */
export type Relations = {
  readonly matters: string
  readonly petitions: string
  /**
   * To be asked after reading: false where rows were folded meanwhile that may have been read too. A
   * reading may also fail for that reason (`foldedMeanwhile`).
   */
  readonly held: () => Promise<boolean>
}

const petitionOf = [
  'origin_matter',
  'petition_id',
  'present',
  'matter_id',
  'time',
  'channel',
  'region',
  'category',
  'org',
  'purpose',
  'flags',
  'people',
  'received_level',
  'competent_level',
  'home_level',
  'leader_reception',
  'supplement',
  'voided',
  'counted',
  'repeat',
]
  .map((column, index) => `p.${index + 1} AS ${column}`)
  .join(', ')

/** Matters to be folded with the cut, and what of the live rows stands beside them. */
type Between = {
  /** Never merged: a list, or where they are many a SELECT of them; nothing where there is none. */
  readonly alone?: { readonly subjects: string; readonly few: boolean }
  readonly groups: readonly (readonly string[])[]
  /** Conditions over the live rows. */
  readonly matters: string
  readonly petitions: string
}

/** So many matters are handled as a list; more are picked by the engine, at the price of reading all twice. */
export const LISTED = 5_000

/** A matter with a row, replaced since or not, that knows more than a cut. */
type Later = {
  readonly matter_id: string
  /** Something of it was known at the cut. */
  readonly alive: boolean
  /** Of the fold that saw most of it. */
  readonly version: string
}

/**
 * The matters of which a row knows more than the cut, in order. Found without collapsing rows, since
 * one too many only costs a fold. `undefined`: too many for a list.
 */
const listed = async (
  store: Store,
  { asOf, receivedBy }: Cut,
  most: number,
): Promise<readonly Later[] | undefined> => {
  const known = sqlInstant(asOf)
  const received = sqlInstant(receivedBy)
  const { local, relation } = placementOf(store)
  const matters = local('matters')
  const first = `ORDER BY matter_id LIMIT ${most + 1}`
  const rows = await store.query<Later>(
    `SELECT * FROM ${relation(`SELECT matter_id, min(known_from) <= ${known} AND min(received_from) <= ${received} AS alive, toString(max(version)) AS version FROM ${matters}
     WHERE matter_id IN (SELECT DISTINCT matter_id FROM ${matters} WHERE known_until > ${known} OR received_until > ${received} LIMIT ${most + 1})
     GROUP BY matter_id ${first}`)} ${first}`,
  )
  return rows.length > most ? undefined : rows
}

const same = (a: readonly Later[], b: readonly Later[] | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

const groupsOf = (
  groups: readonly (readonly string[])[],
  changing: ReadonlySet<string>,
): readonly (readonly string[])[] =>
  groups.filter((group) => group.some((matter) => changing.has(matter)))

const betweenListed = (groups: readonly (readonly string[])[], rows: readonly Later[]): Between => {
  const merged = new Set(groups.flat())
  const regrouped = groupsOf(groups, new Set(rows.map(({ matter_id }) => matter_id)))
  const alone = rows.filter(({ matter_id, alive }) => alive && !merged.has(matter_id))
  const away = sqlStringSet([
    ...new Set([...rows.map(({ matter_id }) => matter_id), ...regrouped.flat()]),
  ])
  return {
    ...(alone.length === 0
      ? {}
      : {
          alone: {
            subjects: `subject IN ${sqlStringSet(alone.map(({ matter_id }) => matter_id))}`,
            few: true,
          },
        }),
    groups: regrouped,
    matters: `matter_id NOT IN ${away}`,
    // a petition that is nothing now belongs to the matter it was registered under
    petitions: `if(matter_id = '', origin_matter, matter_id) NOT IN ${away}`,
  }
}

const betweenMany = async (
  store: Store,
  groups: readonly (readonly string[])[],
  cut: Cut,
): Promise<Between> => {
  const asOf = sqlInstant(cut.asOf)
  const receivedBy = sqlInstant(cut.receivedBy)
  const stands = `known_until <= ${asOf} AND received_until <= ${receivedBy}`
  const between = (matters: string, where: string) =>
    `SELECT matter_id FROM ${matters} FINAL WHERE NOT (${stands}) AND known_from <= ${asOf} AND received_from <= ${receivedBy} AND ${where}`
  const merged = sqlStringSet(groups.flat())
  const changing =
    groups.length === 0
      ? []
      : await store.query<{ matter_id: string }>(between('matters', `matter_id IN ${merged}`))
  const apart = `matter_id NOT IN ${merged}`
  const [any] = await store.query<{ n: number }>(
    `SELECT count() AS n FROM (${between('matters', apart)} LIMIT 1)`,
  )
  const alone = between(placementOf(store).local('matters'), apart)
  return {
    ...((any?.n ?? 0) > 0 ? { alone: { subjects: `subject IN (${alone})`, few: false } } : {}),
    groups: groupsOf(groups, new Set(changing.map(({ matter_id }) => matter_id))),
    matters: stands,
    petitions: stands,
  }
}

/** Relations of a store by the cut; `moving`: such that hold whatever is folded while they are read, at a price. */
export const relationsOf =
  (store: Store, timezone: string) =>
  (cut: Cut, moving = false): Promise<Relations> =>
    relationsAt(store, cut, timezone, moving ? { mostListed: 0 } : {})

export type RelationsOptions = {
  /** Default LISTED. */
  readonly mostListed?: number
  /** As in `liveRows`. */
  readonly leastRowsApart?: number | undefined
}

/**
 * A row whose newest event was known by the cut stands as it is; one whose oldest was not is not
 * there; the matters between are folded with the cut. Their number, not that of all matters, is the
 * price of a figure as of a date.
 *
 * Few of them are a list, and then what is folded before the relations are read is not told apart:
 * `held` says whether anything was. With `mostListed` 0 the engine tells them apart while it reads.
 */
export const relationsAt = async (
  store: Store,
  cut: Cut,
  timezone: string,
  { mostListed = LISTED, leastRowsApart }: RelationsOptions = {},
): Promise<Relations> => {
  const { local, gather, relation } = placementOf(store)
  const rows = mostListed === 0 ? undefined : await listed(store, cut, mostListed)
  const live = await liveRows(store, leastRowsApart)
  const held = async (): Promise<boolean> =>
    rows === undefined || live.sealed || same(rows, await listed(store, cut, mostListed))
  const beyond =
    rows === undefined
      ? undefined
      : `known_until > ${sqlInstant(cut.asOf)} OR received_until > ${sqlInstant(cut.receivedBy)}`
  if (rows?.length === 0)
    return {
      matters: relation(live.matters(undefined, beyond)),
      petitions: relation(live.petitions(undefined, beyond)),
      held,
    }
  // merges after the rows: the merge of a row that is there is there too
  const groups = await mergeComponents(store)
  const between =
    rows === undefined ? await betweenMany(store, groups, cut) : betweenListed(groups, rows)
  // matters by themselves are folded where they are; those of a component may be on several shards
  const aloneFolds: string[] = []
  const componentFolds: string[] = []
  if (between.alone !== undefined)
    aloneFolds.push(foldSql({ ...between.alone, events: local('case_events'), timezone, cut }))
  if (between.groups.length > 0)
    componentFolds.push(
      foldSql({
        subjects: `subject IN ${sqlStringSet(between.groups.flat())}`,
        few: true,
        timezone,
        cut,
        merged: mergedRelation(await resolveMerges(store, between.groups, cut)),
      }),
    )
  const all = (standing: string, folded: (fold: string) => string) => {
    const here = [standing, ...aloneFolds.map(folded)].join(' UNION ALL ')
    return componentFolds.length === 0
      ? relation(here)
      : `(${[gather(here), ...componentFolds.map(folded)].join(' UNION ALL ')})`
  }
  return {
    held,
    matters: all(
      live.matters(between.matters, beyond),
      (fold) => `SELECT * EXCEPT (${stamps}, petition_rows) FROM (${fold})`,
    ),
    petitions: all(
      live.petitions(between.petitions, beyond),
      (fold) => `SELECT ${petitionOf} FROM (${fold}) ARRAY JOIN petition_rows AS p`,
    ),
  }
}
