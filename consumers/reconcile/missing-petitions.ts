import { placementOf } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { MattersIn } from './matter-sums.ts'

/** A registered petition, by the matter it was registered under. */
export type Petition = { readonly matter: string; readonly petitionId: string }

/** Registered petitions: how many there are, how many of them have no row, and the first few of those. */
export type MissingPetitions = {
  readonly looked: number
  readonly found: number
  readonly some: readonly Petition[]
}

/** Registered petitions without a row, of the matters of a condition; `due` is a condition over `case_events`. */
export const missingPetitions = async (
  store: Pick<Store, 'query' | 'cluster'>,
  matters: MattersIn,
  due: string,
  most: number,
): Promise<MissingPetitions> => {
  const { local, relation } = placementOf(store)
  const [row] = await store.query<{
    looked: number
    found: number
    some: readonly (readonly [string, string])[]
  }>(`
    SELECT countIf(is_registered) AS looked, countIf(is_registered AND NOT has_row) AS found,
      groupArrayIf(${most})((matter, petition), is_registered AND NOT has_row) AS some
    FROM ${relation(`
      SELECT matter, petition, max(registered) AS is_registered, max(folded) AS has_row FROM (
        SELECT subject AS matter, petition_id AS petition, toUInt8(1) AS registered, toUInt8(0) AS folded
        FROM ${local('case_events')} PREWHERE ${matters('subject')} WHERE type_rank = 1 AND ${due}
        UNION ALL
        SELECT origin_matter, petition_id, 0, 1 FROM ${local('petitions')} WHERE ${matters('origin_matter')})
      GROUP BY matter, petition`)}
    SETTINGS output_format_json_named_tuples_as_objects = 0`)
  return {
    looked: row?.looked ?? 0,
    found: row?.found ?? 0,
    some: (row?.some ?? []).map(([matter, petitionId]) => ({ matter, petitionId })),
  }
}
