import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PulseError } from '../../../schemas/errors.ts'
import { parseSettings, unknownSettings } from '../../../schemas/settings/settings.ts'
import { parseBytes } from '../../../schemas/settings/sizes.ts'

const problemOf = (run: () => unknown): PulseError => {
  try {
    run()
  } catch (error) {
    if (error instanceof PulseError) return error
    throw error
  }
  throw new Error('the settings were taken')
}

describe('settings', () => {
  it('has a default for everything that needs one', () => {
    expect(parseSettings({})).toEqual({
      timezone: 'Asia/Shanghai',
      monthStart: 1,
      collectiveThreshold: 5,
      data: './.pulse',
      host: '127.0.0.1',
      port: 8080,
      allowedHosts: [],
      maxBodyBytes: 16 * 1024 ** 2,
      maxMemoryBytes: 4 * 1024 ** 3,
    })
  })

  it('takes an empty variable for one that is not set', () => {
    expect(parseSettings({ PULSE_TIMEZONE: '', CLICKHOUSE_URL: ' ' }).timezone).toBe(
      'Asia/Shanghai',
    )
  })

  it('is frozen', () => {
    expect(Object.isFrozen(parseSettings({}))).toBe(true)
  })

  it('lets an option win over the environment, and names the option in its message', () => {
    const given = { PULSE_PORT: { value: '9000', option: '--port' } }
    expect(parseSettings({ PULSE_PORT: '1' }, given).port).toBe(9000)
    const problem = problemOf(() =>
      parseSettings({}, { PULSE_PORT: { value: 'eighty', option: '--port' } }),
    )
    expect(problem.message).toContain('--port must be a port')
  })

  it('tells every problem in one message', () => {
    const problem = problemOf(() =>
      parseSettings({
        PULSE_TIMEZONE: 'Asia/Nowhere',
        PULSE_MONTH_START: '29',
        PULSE_MEMORY: 'much',
        CLICKHOUSE_PASSWORD: 'open sesame',
      }),
    )
    expect(problem.code).toBe('CONFIG_INVALID')
    for (const name of [
      'PULSE_TIMEZONE',
      'PULSE_MONTH_START',
      'PULSE_MEMORY',
      'CLICKHOUSE_PASSWORD is set without CLICKHOUSE_URL',
    ])
      expect(problem.message).toContain(name)
  })

  it('never prints a value', () => {
    const secret = 'c0ffee-not-to-be-seen'
    const problem = problemOf(() =>
      parseSettings({
        PULSE_PSEUDONYM_KEY: secret,
        PULSE_TIMEZONE: secret,
        CLICKHOUSE_URL: `http://user:${secret}@127.0.0.1:8123`,
        CLICKHOUSE_DATABASE: secret,
        PULSE_SERVER: secret,
      }),
    )
    expect(problem.message).not.toContain(secret)
    expect(problem.message).toContain('CLICKHOUSE_URL holds a user or a password')
  })

  it('opens a port for tools on the embedded store alone, with a password or without', () => {
    expect(parseSettings({}).sql).toBeUndefined()
    expect(parseSettings({ PULSE_SQL_PORT: '8123' }).sql).toEqual({ port: 8123 })
    expect(parseSettings({ PULSE_SQL_PORT: '0', PULSE_SQL_PASSWORD: 'p' }).sql).toEqual({
      port: 0,
      password: 'p',
    })
    const server = { CLICKHOUSE_URL: 'http://127.0.0.1:8123', PULSE_SQL_PORT: '1' }
    expect(problemOf(() => parseSettings(server)).message).toContain('the server of CLICKHOUSE_URL')
    expect(problemOf(() => parseSettings({ PULSE_SQL_PASSWORD: 'p' })).message).toContain(
      'set both or neither',
    )
  })

  it('refuses a fixed offset as a time zone, which has no name for the engine', () => {
    expect(problemOf(() => parseSettings({ PULSE_TIMEZONE: '+08:00' })).message).toContain(
      'Asia/Shanghai',
    )
  })

  it('reads a server with its account', () => {
    expect(
      parseSettings({
        CLICKHOUSE_URL: 'http://127.0.0.1:8123',
        CLICKHOUSE_USER: 'reader',
        CLICKHOUSE_PASSWORD: 'x',
      }).clickhouse,
    ).toEqual({ url: 'http://127.0.0.1:8123', username: 'reader', password: 'x' })
  })

  it('knows the variable that a mistyped one was meant to be', () => {
    expect(unknownSettings({ PULSE_TIMEZON: 'x', PULSE_PORT: '1', HOME: '/' })).toEqual([
      { name: 'PULSE_TIMEZON', meant: 'PULSE_TIMEZONE' },
    ])
  })

  it('leaves the variables of Kafka’s own programs alone', () => {
    expect(
      unknownSettings({ KAFKA_BROKER: 'x', KAFKA_HEAP_OPTS: '-Xmx1g', KAFKA_LOG4J_OPTS: 'x' }),
    ).toEqual([{ name: 'KAFKA_BROKER', meant: 'KAFKA_BROKERS' }])
  })
})

describe('a size', () => {
  it.each([
    ['4GB', 4 * 1024 ** 3],
    ['512 MiB', 512 * 1024 ** 2],
    ['1.5g', 1.5 * 1024 ** 3],
    ['1000', 1000],
    ['10b', 10],
  ])('%s is read', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  it.each(['', 'GB', '-1', '1e9', '4 QB', 'i', '4i'])('%s is none', (text) => {
    expect(parseBytes(text)).toBeUndefined()
  })

  it('is a whole number of bytes or nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = parseBytes(text)
        return bytes === undefined || Number.isSafeInteger(bytes)
      }),
    )
  })
})
