import type { FigureSettings } from '../figures/question.ts'

/**
 * Settings a figure was counted by, as response headers: a client set up otherwise can then say so.
 * In the order a reader cares about them.
 */
const headers = [
  { setting: 'timezone', header: 'X-Pulse-Timezone', variable: 'PULSE_TIMEZONE' },
  { setting: 'monthStart', header: 'X-Pulse-Month-Start', variable: 'PULSE_MONTH_START' },
  {
    setting: 'collectiveThreshold',
    header: 'X-Pulse-Collective-Threshold',
    variable: 'PULSE_COLLECTIVE_THRESHOLD',
  },
] as const

/** The headers, by name. */
export const countingHeaders = (settings: FigureSettings): Readonly<Record<string, string>> =>
  Object.fromEntries(headers.map(({ setting, header }) => [header, String(settings[setting])]))

/** What `countingHeaders` says to a client: name of the variable and the value there. */
export const countedBy = (
  headerOf: (header: string) => string | null,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    headers.flatMap(({ header, variable }) => {
      const value = headerOf(header)
      return value === null ? [] : [[variable, value]]
    }),
  )

/** The headers as the OpenAPI document describes them. */
export const countingHeaderSchemas: Readonly<Record<string, object>> = Object.fromEntries(
  headers.map(({ header, variable }) => [
    header,
    { description: `${variable} of the server.`, schema: { type: 'string' } },
  ]),
)
