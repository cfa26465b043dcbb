import { Session } from 'chdb'
import { sqlString } from '../sql-text.ts'
import type { EngineSettings } from './setting-policy.ts'

/** What a statement needs of the connection it runs on. */
export type Need = {
  /** On a connection that can only read; it stays so for good. */
  readonly readOnly: boolean
  readonly database: string
  /** All settings that differ from the engine's own. */
  readonly settings: EngineSettings
  /** Values of `{name:Type}`, in the engine's escaped form. */
  readonly values: ReadonlyMap<string, string>
}

/** `bytes` in the format asked for; `rows` of the result, or those an INSERT brought. */
export type Ran = { readonly bytes: Uint8Array; readonly rows: number }

/**
 * One connection to the engine, which runs one statement at a time. The engine keeps settings,
 * database and values for the connection, so a lane remembers what it set and changes the difference.
 */
export type Lane = {
  readonly readOnly: boolean
  /** How many of these settings differ from what the lane has; undefined: it cannot be made to fit. */
  readonly distance: (need: Need, mentions: (name: string) => boolean) => number | undefined
  /** Makes it fit. When it rejects, the lane must not be used again. */
  readonly prepare: (need: Need) => Promise<void>
  readonly run: (sql: string, format: string) => Promise<Ran>
  readonly close: () => void
}

const quotedName = (name: string): string =>
  `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``

const differences = (from: EngineSettings, to: EngineSettings): string[] => [
  ...[...from.keys()].filter((name) => !to.has(name)).map((name) => `${name} = DEFAULT`),
  ...[...to]
    .filter(([name, value]) => from.get(name) !== value)
    .map(([name, value]) => `${name} = ${sqlString(value)}`),
]

/** Opens a connection to the directory this process has, or is the first to have, open. */
export const openLane = (path: string, readOnly: boolean): Lane => {
  const session = new Session(path)
  let settings: EngineSettings = new Map()
  let database = ''
  let locked = false
  const named = new Set<string>()

  const run = async (sql: string, format: string): Promise<Ran> => {
    try {
      const result = await session.queryAsync(sql, { format })
      return { bytes: result.bytes(), rows: result.rowsRead }
    } catch (error) {
      // the engine keeps what a failed statement holds, its memory too, until the connection's next
      await session.queryAsync('SELECT 1', { format: 'Null' }).catch(() => undefined)
      throw error
    }
  }
  return {
    readOnly,
    distance: (need, mentions) => {
      if (need.readOnly !== readOnly) return undefined
      // a value cannot be taken back: a statement that counts on its absence needs another lane
      for (const name of named) if (!need.values.has(name) && mentions(name)) return undefined
      const changes = differences(settings, need.settings).length
      if (locked && changes > 0) return undefined
      return changes + (database === need.database ? 0 : 1)
    },
    prepare: async (need) => {
      const steps: string[] = []
      const changed = differences(settings, need.settings)
      if (changed.length > 0) steps.push(`SET ${changed.join(', ')}`)
      settings = need.settings
      if (readOnly && !locked) {
        steps.push('SET readonly = 1')
        locked = true
      }
      if (database !== need.database) steps.push(`USE ${quotedName(need.database)}`)
      database = need.database
      for (const [name, value] of need.values) {
        named.add(name)
        steps.push(`SET param_${name} = ${sqlString(value)}`)
      }
      if (steps.length > 0) await run(steps.join('; '), 'TabSeparated')
    },
    run,
    close: () => session.close(),
  }
}
