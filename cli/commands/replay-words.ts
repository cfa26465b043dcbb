import type { RefoldReport } from '../../consumers/replay/report.ts'

const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

const shown = (value: number | null): string =>
  value === null ? 'none' : Number.isInteger(value) ? String(value) : value.toFixed(4)

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('; ')

const some = (n: number, text: string): string => (n === 0 ? '' : text)

/** What was read of the log, one sentence a line. */
const logInWords = (report: RefoldReport): readonly string[] => {
  const { read, lackingEvents = 0, lackingLetters = 0, onlyStored = 0, lacking = [] } = report
  const { left = 0, passedOver = 0 } = report
  if (read === undefined) return []
  const lacks = joined([
    some(lackingEvents, counted(lackingEvents, 'event')),
    some(lackingLetters, counted(lackingLetters, 'dead letter')),
  ])
  return [
    `Kafka: ${counted(read, 'message')} read. The store lacks ${lacks === '' ? 'none of them' : lacks}.`,
    some(
      lacking.length,
      `Lacking, such as: ${lacking.map(({ subject, source, id }) => `${subject} (${source} ${id})`).join(', ')}.`,
    ),
    some(
      onlyStored,
      `${counted(onlyStored, 'event')} no longer in the log: taken from the store, where they stay.`,
    ),
    some(left, `${counted(left, 'message')} left to the consumers at work, which come to them.`),
    some(
      passedOver,
      `${counted(passedOver, 'message')} that the consumers went past and the store has no trace of: they cannot be brought in while consumers run. Stop them, and run the command again.`,
    ),
  ].filter((line) => line !== '')
}

/** What a replay found, for people: one line where nothing comes out otherwise. */
export const replayInWords = (report: RefoldReport): readonly string[] => {
  const { events, matters, inFlight, columns, figures, samples } = report
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
  if (differences.length === 0)
    return [...logInWords(report), `${folded}; nothing comes out otherwise.${moving}`]
  return [
    ...logInWords(report),
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
