import type { RefoldReport } from '../../consumers/replay/report.ts'

const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

const shown = (value: number | null): string =>
  value === null ? 'none' : Number.isInteger(value) ? String(value) : value.toFixed(4)

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('; ')

const some = (n: number, text: string): string => (n === 0 ? '' : text)

/** What a replay found, for people: one line where nothing comes out otherwise. */
export const replayInWords = (report: RefoldReport): readonly string[] => {
  const { events, matters, inFlight, columns, figures, samples } = report
  const read =
    report.read === undefined
      ? []
      : [
          `Kafka: ${counted(report.read, 'message')} read; ${counted(report.stored ?? 0, 'event')} and ${counted(report.parked ?? 0, 'dead letter')} the store lacks${some(report.left ?? 0, `; ${counted(report.left ?? 0, 'position')} left to the consumers at work`)}.`,
        ]
  const moving = some(
    inFlight,
    ` Not compared: ${counted(inFlight, 'row')} of matters that something was just received of.`,
  )
  const folded = `${counted(events, 'event')} folded to ${counted(matters, 'matter')}`
  const differences = (
    [
      ['matter', report.mattersOnlyLive, report.mattersOnlyNew, report.mattersDiffer],
      ['petition', report.petitionsOnlyLive, report.petitionsOnlyNew, report.petitionsDiffer],
    ] as const
  )
    .map(([what, onlyLive, onlyNew, differ]) =>
      joined([
        some(onlyLive, `${counted(onlyLive, what)} only in the live tables`),
        some(onlyNew, `${counted(onlyNew, what)} only in the new ones`),
        some(differ, `${counted(differ, what)} otherwise`),
      ]),
    )
    .filter((text) => text !== '')
  if (differences.length === 0) return [...read, `${folded}; nothing comes out otherwise.${moving}`]
  return [
    ...read,
    `${folded}. ${joined(differences)}.${moving}`,
    ...(columns.length === 0
      ? []
      : [
          `Columns: ${columns.map(({ table, column, differ }) => `${table}.${column} ${differ}`).join(', ')}.`,
        ]),
    ...(samples.length === 0
      ? []
      : [`Such as: ${[...new Set(samples.map(({ matter }) => matter))].join(', ')}.`]),
    ...figures.map(
      (one) => `Over all time, ${one.figure}: ${shown(one.live)} before, ${shown(one.new)} after.`,
    ),
  ]
}
