/** Counts what was compared, group by group, and keeps the first differences for people to read. */
export type Tally = {
  /** Compares two printed forms; null stands for "no value". */
  readonly same: (group: string, what: string, actual: unknown, expected: unknown) => void
  readonly report: () => string
  readonly failed: () => boolean
}

const KEPT = 20

export const newTally = (): Tally => {
  const groups = new Map<string, { equal: number; unequal: number }>()
  const faults: string[] = []
  const failed = () => [...groups.values()].some(({ unequal }) => unequal > 0)
  return {
    same: (group, what, actual, expected) => {
      const counts = groups.get(group) ?? { equal: 0, unequal: 0 }
      groups.set(group, counts)
      if (actual === expected) counts.equal += 1
      else {
        counts.unequal += 1
        if (faults.length < KEPT)
          faults.push(`${group}, ${what}: ${String(actual)} instead of ${String(expected)}`)
      }
    },
    failed,
    report: () => {
      const width = Math.max(...[...groups.keys()].map((name) => name.length))
      const line = (name: string, equal: string | number, unequal: string | number) =>
        `${name.padEnd(width)}  ${String(equal).padStart(7)}  ${String(unequal).padStart(7)}`
      const all = [...groups.values()]
      const sum = (which: 'equal' | 'unequal') => all.reduce((n, counts) => n + counts[which], 0)
      return [
        line('figures compared', 'equal', 'unequal'),
        ...[...groups].map(([name, { equal, unequal }]) => line(name, equal, unequal)),
        line('in all', sum('equal'), sum('unequal')),
        ...faults,
      ].join('\n')
    },
  }
}
