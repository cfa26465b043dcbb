import { PulseError } from '../../schemas/errors.ts'

/** What does not get on at the moment, by what was being done. */
export type Troubles = {
  readonly begin: (doing: string, error: unknown) => void
  readonly over: (doing: string) => void
  /** One of those there are, in one line. */
  readonly first: () => string | undefined
}

/** One that lasts is told again so often. */
const AGAIN_MS = 30_000

const lineOf = (error: unknown): string =>
  error instanceof PulseError
    ? error.message
    : `unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`

/** Tells of a trouble when it begins, now and then while it lasts, and when it is over. */
export const createTroubles = (log: (line: string) => void, now: () => number): Troubles => {
  const open = new Map<string, { readonly line: string; toldAt: number }>()
  return {
    begin: (doing, error) => {
      const line = lineOf(error)
      const before = open.get(doing)
      const toldAt = before?.toldAt ?? Number.NEGATIVE_INFINITY
      if (now() < toldAt + AGAIN_MS) return
      open.set(doing, { line, toldAt: now() })
      log(line)
    },
    over: (doing) => {
      if (open.delete(doing)) log(`${doing} gets on again`)
    },
    first: () => open.values().next().value?.line,
  }
}
