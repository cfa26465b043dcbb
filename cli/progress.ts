import type { Io } from './io.ts'

const EVERY_MS = 100
const WIDTH = 24

export type Progress = {
  /** `done` of the whole; a whole that is not known is shown as a count. */
  readonly at: (done: number, whole?: number) => void
  /** Takes the line away. */
  readonly end: () => void
}

const silent: Progress = { at: () => undefined, end: () => undefined }

/** A line that keeps itself up to date on a terminal; elsewhere nothing is written. */
export const showProgress = (io: Io, label: string, unit: string): Progress => {
  if (!io.terminal) return silent
  const started = Date.now()
  let last = 0
  const show = (done: number, whole: number | undefined): void => {
    const seconds = (Date.now() - started) / 1000
    const rate = seconds > 0.5 ? `  ${Math.round(done / seconds).toLocaleString('en')}/s` : ''
    const part = whole === undefined || whole <= 0 ? undefined : Math.min(1, done / whole)
    const filled = Math.round((part ?? 0) * WIDTH)
    const bar =
      part === undefined
        ? ''
        : ` [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor(part * 100)}%`
    io.draw(`\r\u001b[K${label}${bar}  ${done.toLocaleString('en')} ${unit}${rate}`)
  }
  return {
    at: (done, whole) => {
      const now = Date.now()
      if (now - last < EVERY_MS && done !== whole) return
      last = now
      show(done, whole)
    },
    end: () => io.draw('\r\u001b[K'),
  }
}
