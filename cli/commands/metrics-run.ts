import { describeMetric, type MetricDescription } from '../../dashboards/figures/describe.ts'
import type { Words } from '../../schemas/metrics/metric.ts'
import { metricOf, metrics } from '../../schemas/metrics/registry.ts'
import type { CommandContext } from '../context.ts'
import { renderCsv } from '../render-report.ts'
import { type FormatOptions, settingsFor } from './common-options.ts'

const listed = ({ id, unit, basis, names, meaning }: MetricDescription) => ({
  id,
  unit,
  basis,
  zh: names.zh,
  en: names.en,
  meaning: meaning.en,
  含义: meaning.zh,
})

const table = (all: readonly MetricDescription[]): string => {
  const width = Math.max(...all.map(({ id }) => id.length)) + 2
  const lines = all.map(
    ({ id, basis, unit, names }) =>
      `${id.padEnd(width)}${basis}  ${names.zh}（${unit}） ${names.en}`,
  )
  return `${lines.join('\n')}\n\nBasis: E dated in the period; R cohort accepted, listed or registered in it; D due in it; S stock at its end; – as of the date of knowledge.\n`
}

const both = (name: string, words: Words | undefined): readonly string[] =>
  words === undefined ? [] : [`${name.padEnd(13)}${words.zh}  ${words.en}`]

const explained = (metric: MetricDescription): string => {
  const lines = [
    `${metric.id}  ${metric.names.zh}  ${metric.names.en}`,
    '',
    metric.meaning.zh,
    metric.meaning.en,
    '',
    `unit         ${metric.unit} (${metric.kind})`,
    `basis        ${metric.basis}`,
    `direction    ${metric.direction}`,
    ...both('counts', metric.value),
    ...both('numerator', metric.numerator),
    ...both('denominator', metric.denominator),
    ...both('of', metric.population),
    ...both('dated by', metric.dated),
    ...both('left out', metric.exclusions),
    ...both('example', metric.example),
    ...both('source', metric.source),
    `dimensions   ${metric.dimensions.join(', ')}, region@1–4, category@n`,
    `time keys    ${metric.timeKeys.join(', ')}`,
    '',
    'SQL',
    ...Object.entries(metric.sql).map(([name, text]) => `  ${name.padEnd(18)}${text}`),
    '',
    metric.statement,
  ]
  return `${lines.join('\n')}\n`
}

/** `pulse metrics`: needs no store. */
export const runMetrics = async (
  { io }: CommandContext,
  id: string | undefined,
  options: FormatOptions,
): Promise<void> => {
  const { format } = options
  const settings = await settingsFor(io, {})
  const all = (id === undefined ? metrics : [metricOf(id)]).map((metric) =>
    describeMetric(metric, settings),
  )
  const [only] = all
  if (format === 'csv') io.out(renderCsv(all.map(listed)))
  else if (format === 'table')
    io.out(id === undefined || only === undefined ? table(all) : explained(only))
  else io.out(`${JSON.stringify(id === undefined ? { metrics: all } : only)}\n`)
}
