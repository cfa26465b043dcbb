import type { Store } from '../store/port.ts'
import { sqlInstant, sqlStringSet } from '../store/sql-text.ts'
import { foldSql } from './fold-sql.ts'
import type { Cut } from './known-events.ts'
import { mergeComponents, mergedRelation, resolveMerges } from './merge-lookup.ts'

/**
 * What is known at a cut, as relations to stand after FROM: subqueries with the columns of `matters`
 * and of `petitions` (less the stamps of knowledge). They hold for the moment they are asked for.
 */
export type Relations = { readonly matters: string; readonly petitions: string }

const stamps = 'known_from, known_until, received_from, received_until, version'

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

const matterRows = `SELECT * EXCEPT (${stamps}) FROM matters FINAL`
const petitionRows = `SELECT * EXCEPT (${stamps}) FROM petitions FINAL`

/**
 * A row whose newest event was known by the cut stands as it is; one whose oldest was not is not
 * there; the matters between are folded with the cut. Their number, not that of all matters, is the
 * price of a figure as of a date.
 */
export const relationsAt = async (store: Store, cut: Cut, timezone: string): Promise<Relations> => {
  const asOf = sqlInstant(cut.asOf)
  const receivedBy = sqlInstant(cut.receivedBy)
  const stands = `known_until <= ${asOf} AND received_until <= ${receivedBy}`
  const between = `NOT (${stands}) AND known_from <= ${asOf} AND received_from <= ${receivedBy}`
  // without FINAL: rows replaced since may be counted, and then rows that stand are filtered in vain
  const [newest] = await store.query<{ known: number; received: number }>(
    'SELECT toUnixTimestamp64Milli(max(known_until)) AS known, toUnixTimestamp64Milli(max(received_until)) AS received FROM matters',
  )
  if (newest === undefined || (newest.known <= cut.asOf && newest.received <= cut.receivedBy))
    return { matters: `(${matterRows})`, petitions: `(${petitionRows})` }

  const betweenIds = (where: string) =>
    `SELECT matter_id FROM matters FINAL WHERE ${between} AND ${where}`
  const groups = await mergeComponents(store)
  const merged = sqlStringSet(groups.flat())
  const changing = new Set(
    groups.length === 0
      ? []
      : (await store.query<{ matter_id: string }>(betweenIds(`matter_id IN ${merged}`))).map(
          ({ matter_id }) => matter_id,
        ),
  )
  const [alone] = await store.query<{ n: number }>(
    `SELECT count() AS n FROM (${betweenIds(`matter_id NOT IN ${merged}`)} LIMIT 1)`,
  )
  const folds: string[] = []
  if ((alone?.n ?? 0) > 0)
    folds.push(
      foldSql({
        subjects: `subject IN (${betweenIds(`matter_id NOT IN ${merged}`)})`,
        timezone,
        cut,
      }),
    )
  const regrouped = groups.filter((group) => group.some((matter) => changing.has(matter)))
  if (regrouped.length > 0)
    folds.push(
      foldSql({
        subjects: `subject IN ${sqlStringSet(regrouped.flat())}`,
        few: true,
        timezone,
        cut,
        merged: mergedRelation(await resolveMerges(store, regrouped, cut)),
      }),
    )
  const all = (live: string, folded: (fold: string) => string) =>
    `(${[`${live} WHERE ${stands}`, ...folds.map(folded)].join(' UNION ALL ')})`
  return {
    matters: all(matterRows, (fold) => `SELECT * EXCEPT (${stamps}, petition_rows) FROM (${fold})`),
    petitions: all(
      petitionRows,
      (fold) => `SELECT ${petitionOf} FROM (${fold}) ARRAY JOIN petition_rows AS p`,
    ),
  }
}
