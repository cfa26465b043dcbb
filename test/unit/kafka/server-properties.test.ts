import { describe, expect, it } from 'vitest'
import { type ServerOptions, serverProperties } from '../../../scripts/kafka/server-properties.ts'

const options: ServerOptions = { logDirectory: '/data/log', port: 9092, controllerPort: 9093 }
const secure: ServerOptions = {
  ...options,
  secure: {
    ports: { sasl: 1, tls: 2, mutualTls: 3, saslTls: 4 },
    keyStoreFile: '/data/store.pem',
    authorityFile: '/data/authority.pem',
    user: 'pulse',
    password: 'for-the-test',
  },
}

const valuesOf = (given: ServerOptions): ReadonlyMap<string, string> =>
  new Map(
    serverProperties(given)
      .trimEnd()
      .split('\n')
      .map((line): [string, string] => {
        const at = line.indexOf('=')
        return [line.slice(0, at), line.slice(at + 1)]
      }),
  )

describe('server.properties', () => {
  it('listens on this machine only', () => {
    for (const given of [options, secure]) {
      const values = valuesOf(given)
      const addresses = `${values.get('listeners')},${values.get('advertised.listeners')}`.split(
        ',',
      )
      expect(addresses.length).toBeGreaterThan(2)
      expect(addresses.filter((one) => !/^[A-Z_]+:\/\/127\.0\.0\.1:\d+$/.test(one))).toEqual([])
    }
  })

  it('tells clients of every listener but the controller’s, with its protocol', () => {
    const values = valuesOf(secure)
    expect(values.get('advertised.listeners')).toBe(
      'PLAINTEXT://127.0.0.1:9092,SASL://127.0.0.1:1,TLS://127.0.0.1:2,MUTUAL_TLS://127.0.0.1:3,SASL_TLS://127.0.0.1:4',
    )
    expect(values.get('listener.security.protocol.map')).toBe(
      'PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,MUTUAL_TLS:SSL,SASL_TLS:SASL_SSL,CONTROLLER:PLAINTEXT',
    )
  })

  it('has no accounts and no certificates unless it is asked for them', () => {
    const names = [...valuesOf(options).keys()]
    expect(names.filter((name) => /sasl|ssl/.test(name))).toEqual([])
  })

  it('keeps to one node', () => {
    const values = valuesOf(options)
    const factors = [...values].filter(([name]) => /replication\.factor$|isr$|replicas$/.test(name))
    expect(factors.length).toBeGreaterThan(4)
    expect(factors.filter(([, value]) => value !== '1')).toEqual([])
  })

  it('writes what Latin-1 has not, and the backslash, as escapes', () => {
    const values = valuesOf({ ...options, logDirectory: '/数据\\log' })
    expect(values.get('log.dirs')).toBe('/\\u6570\\u636e\\\\log')
  })
})
