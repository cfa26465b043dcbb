import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter } from '../../schemas/store/row-binary.ts'
import { type GapKind, gapKinds, type Reconciliation } from './report.ts'

const columns = [
  { name: 'at', type: "DateTime64(3, 'UTC')" },
  { name: 'gaps', type: 'Array(Tuple(kind String, found UInt64))' },
  { name: 'report', type: 'String' },
]

/** Gaps by kind; kinds without any are left out. */
const byKind = ({ gaps }: Reconciliation): readonly (readonly [GapKind, number])[] =>
  gapKinds
    .map((kind) => {
      const found = gaps.filter((gap) => gap.kind === kind).reduce((sum, gap) => sum + gap.found, 0)
      return [kind, found] as const
    })
    .filter(([, found]) => found > 0)

/** Keeps what was found (table `reconciliations`). */
export const remember = async (
  store: Pick<Store, 'insert'>,
  report: Reconciliation,
): Promise<void> => {
  const row = rowBinaryWriter(16_384)
  const kinds = byKind(report)
  row.time(Date.parse(report.at))
  row.count(kinds.length)
  for (const [kind, found] of kinds) {
    row.string(kind)
    row.u64(found)
  }
  row.string(JSON.stringify(report))
  await store.insert('reconciliations', columns, row.bytes())
}
