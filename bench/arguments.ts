import { parseArgs } from 'node:util'

/** What every part is told: the sizes, and where the large store is or is to be. */
export type BenchArguments = {
  /** Directory of the large store; kept. */
  readonly store: string
  readonly matters: number
  /** Rows of the imported ledger. */
  readonly rows: number
  /** Matters of the demo store. */
  readonly demo: number
  readonly rounds: number
  /** Parts to run. */
  readonly parts: readonly string[]
}

const whole = (name: string, text: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`--${name} must be a whole number above 0`)
}

/** Reads the arguments of the benchmarks; `temporary` is the store where none is named. */
export const readArguments = (args: readonly string[], temporary: string): BenchArguments => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      store: { type: 'string', default: temporary },
      matters: { type: 'string', default: '2000000' },
      rows: { type: 'string', default: '100000' },
      demo: { type: 'string', default: '60000' },
      rounds: { type: 'string', default: '3' },
    },
  })
  return {
    store: values.store,
    matters: whole('matters', values.matters),
    rows: whole('rows', values.rows),
    demo: whole('demo', values.demo),
    rounds: whole('rounds', values.rounds),
    parts: positionals,
  }
}
