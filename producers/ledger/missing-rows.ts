/** A row of earlier versions that is no longer there: the matters its events are of. */
export type MissingRow = { readonly subjects: readonly string[]; readonly events: number }

type Gone = { readonly subjects: Set<string>; events: number }

/** Gathers what is gone by row; an event with an `id` goes with a row of its matter that is gone too. */
export const missingRows = () => {
  const rows = new Map<string, Gone>()
  const shared: string[] = []
  return {
    add: (row: string, subject: string, isShared: boolean): void => {
      if (isShared) {
        shared.push(subject)
        return
      }
      const gone = rows.get(row) ?? { subjects: new Set<string>(), events: 0 }
      gone.subjects.add(subject)
      gone.events += 1
      rows.set(row, gone)
    },
    list: (): readonly MissingRow[] => {
      const bySubject = new Map<string, Gone>()
      for (const gone of rows.values())
        for (const subject of gone.subjects)
          if (!bySubject.has(subject)) bySubject.set(subject, gone)
      const events = new Map<Gone, number>()
      for (const gone of rows.values()) events.set(gone, gone.events)
      for (const subject of shared) {
        const gone = bySubject.get(subject) ?? { subjects: new Set([subject]), events: 0 }
        bySubject.set(subject, gone)
        events.set(gone, (events.get(gone) ?? 0) + 1)
      }
      return Array.from(events, ([{ subjects }, count]) => ({
        subjects: [...subjects],
        events: count,
      }))
    },
  }
}
