import { createApp, hostRule, listensBeyond } from '../../dashboards/api/app.ts'
import type { Telemetry } from '../../dashboards/api/telemetry.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { explain } from '../explain.ts'
import type { Io } from '../io.ts'
import { bind } from './bind.ts'
import { logTo } from './log-to.ts'

/** What a process does while it answers. */
export type Part = {
  /** With what it is up, for the line that says so. */
  readonly name: string
  readonly routes: readonly Route[]
  readonly telemetry: Telemetry
  /** What else is to be said once it is up. */
  readonly more?: string
}

/** What a part may tell of itself. */
export type Hosting = {
  /** It cannot go on: everything is closed, and the process ends with 1. */
  readonly fail: (error: Error) => void
  /** To be closed when the process stops, also while the rest is still being opened; the last first. */
  readonly closing: (close: () => Promise<void>) => void
}

export type HostOptions = {
  readonly settings: Pick<Settings, 'host' | 'port' | 'allowedHosts'>
  readonly io: Io
  /** The command, as in `pulse up`. */
  readonly command: string
  readonly open: (hosting: Hosting) => Promise<Part>
  /** Called once it answers, and before it stops. */
  readonly onUp?: (url: string) => Promise<void>
  readonly onStopping?: () => Promise<void>
  /** What is said of an address that other machines reach. */
  readonly beyond?: string
}

/**
 * A process of the system: binds its port, opens its part, answers until it is asked to stop or its
 * part fails, then finishes what is in hand and closes. Resolves with the exit code: 1 where the port
 * is taken or the part failed.
 */
export const host = async (options: HostOptions): Promise<0 | 1> => {
  const { settings, io } = options
  const listening = await bind(settings, io)
  if (listening === undefined) return 1
  let up = false
  const closers: (() => Promise<void>)[] = []
  let ending: Promise<void> | undefined
  const stop = (): Promise<void> => {
    ending ??= (async () => {
      await options.onStopping?.()
      await listening.stop()
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
    })()
    return ending
  }
  let failed: Error | undefined
  let ended: () => void = () => undefined
  const whenEnded = new Promise<void>((resolve) => {
    ended = resolve
  })
  io.onStop(() => stop().finally(ended), 0)
  let part: Part
  try {
    part = await options.open({
      closing: (close) => closers.push(close),
      fail: (error) => {
        failed ??= error
        if (up) void stop().finally(ended)
      },
    })
    up = true
    if (failed !== undefined) void stop().finally(ended)
    const log = logTo(io)
    const hostAllowed = hostRule(settings.host, settings.allowedHosts)
    const { routes, telemetry } = part
    listening.answerWith(createApp({ routes, telemetry, hostAllowed, log }))
    await options.onUp?.(listening.url)
  } catch (error) {
    await stop()
    throw error
  }
  if (options.beyond !== undefined && listensBeyond(settings.host)) io.note(options.beyond)
  io.note(`${options.command} is up at ${listening.url}/ with ${part.name}. Stop it with Ctrl-C.`)
  if (part.more !== undefined) io.note(part.more)
  await whenEnded
  if (failed === undefined) return 0
  io.note(explain(failed, io.env['DEBUG'] !== undefined))
  return 1
}
