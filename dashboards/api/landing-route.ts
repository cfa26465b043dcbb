import type { Route } from '../../schemas/http/route.ts'
import { unitOf } from '../../schemas/metrics/metric.ts'
import { metricOf } from '../../schemas/metrics/registry.ts'
import type { Period } from '../../schemas/periods/grains.ts'
import { dayText } from '../../schemas/periods/local-day.ts'
import type { FigureRow } from '../figures/answer.ts'
import type { FigureSettings } from '../figures/question.ts'
import { type AskRows, latestMonth } from './latest-month.ts'

export type LandingDeps = {
  readonly figure: AskRows
  readonly settings: Pick<FigureSettings, 'timezone' | 'monthStart'>
  readonly now?: () => number
}

/** What a first look is about, in this order. */
const shownMetrics = [
  'petitions',
  'visits',
  'repeat_share',
  'accepted',
  'closure_rate',
  'on_time_closure_rate',
  'open_matters',
  'overdue_matters',
] as const

const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

const shown = (value: FigureRow[string] | undefined, kind: 'rate' | 'other'): string => {
  if (typeof value !== 'number') return '—'
  return kind === 'rate'
    ? `${(value * 100).toFixed(1)}%`
    : value.toLocaleString('en', { maximumFractionDigits: 1 })
}

const style = `body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1c2733}
table{border-collapse:collapse;width:100%}td,th{padding:.35rem .5rem;border-bottom:1px solid #d5dce3;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}small{color:#5b6b7a}code{background:#f1f4f7;padding:0 .25rem}`

type Line = { readonly id: string; readonly value: string }

const noData = `<h2>尚无数据 <small>No data yet</small></h2>
<p><code>pulse import ledger.csv --suggest &gt; ledger.yaml</code><br>
<code>pulse import ledger.csv --mapping ledger.yaml</code></p>`

const glance = (
  { label }: Period,
  lines: readonly Line[],
  timezone: string,
): string => `<h2>${escapeHtml(label)} <small>最近有数据的月份 latest month with data · ${escapeHtml(timezone)}</small></h2>
<table><thead><tr><th>指标 <small>Metric</small></th><th>单位 <small>Unit</small></th><th></th></tr></thead><tbody>
${lines
  .map(({ id, value }) => {
    const metric = metricOf(id)
    return `<tr><td>${escapeHtml(metric.names.zh)} <small>${escapeHtml(metric.names.en)}</small></td><td>${escapeHtml(unitOf(metric))}</td><td class="n">${escapeHtml(value)}</td></tr>`
  })
  .join('\n')}
</tbody></table>`

const page = (glanced: string): string => `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>petition-pulse 信访统计</title><style>${style}</style></head><body>
<h1>petition-pulse 信访统计</h1>
<p>台账或事件入，数字出，每个数都可追溯到任一时点。统计的是机构的办理，不跟踪任何个人。<br>
<small>A ledger or events in, figures out, each as known on any date. It measures institutions, never people.</small></p>
${glanced}
<h2>接口 <small>API</small></h2>
<ul>
<li><a href="/api/v1/metrics">/api/v1/metrics</a> 指标目录 <small>the metrics</small></li>
<li><a href="/api/v1/openapi.json">/api/v1/openapi.json</a> 接口说明 <small>all of the API</small></li>
<li><a href="/readyz">/readyz</a>、<a href="/metrics">/metrics</a> 运行状态 <small>health, and series for Prometheus</small></li>
</ul>
<p><code>pulse figure closure_rate --from 2024-01-01 --to 2025-01-01 --by month</code></p>
</body></html>
`

/** `GET /`: what this is, and the latest month with data at a glance, made on the server. */
export const landingRoute = (deps: LandingDeps): Route => ({
  method: 'get',
  path: '/',
  operation: {
    operationId: 'landing',
    summary: 'What this is, and the latest month with data at a glance 首页',
    tags: ['figures'],
    responses: {
      '200': { description: 'A page.', content: { 'text/html': { schema: { type: 'string' } } } },
    },
  },
  handle: async (_request, response) => {
    const month = await latestMonth(deps.figure, deps.settings, (deps.now ?? Date.now)())
    response.setHeader('Cache-Control', 'no-store')
    if (month === undefined) {
      response.type('html').send(page(noData))
      return
    }
    const period = { from: dayText(month.from), to: dayText(month.to) }
    const lines = await Promise.all(
      shownMetrics.map(async (id): Promise<Line> => {
        const answer = await deps.figure({ metric: id, ...period })
        const kind = metricOf(id).measure.kind === 'rate' ? 'rate' : 'other'
        return { id, value: shown(answer.rows[0]?.['value'], kind) }
      }),
    )
    response.type('html').send(page(glance(month, lines, deps.settings.timezone)))
  },
})
