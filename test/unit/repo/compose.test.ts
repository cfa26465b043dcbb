import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { read } from './repo-files.ts'

const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        image: z.string().regex(/^[\w./-]+:[\w.-]+$/),
        ports: z.array(z.string()),
        volumes: z.array(z.string()),
        healthcheck: z.object({ test: z.array(z.string()).min(2), retries: z.int() }),
      }),
    ),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(parse(read('docker-compose.yml')))

const services = Object.values(compose.services)

describe('docker-compose.yml', () => {
  it('listens on this machine only', () => {
    const ports = services.flatMap((service) => service.ports)
    expect(ports.length).toBeGreaterThan(0)
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  })

  it('keeps data in volumes that it names', () => {
    const kept = services.flatMap(({ volumes }) => volumes.map((text) => text.split(':')[0]))
    expect(kept).toEqual(Object.keys(compose.volumes))
  })

  it('holds no password', () => {
    expect(read('docker-compose.yml')).toMatch(/CLICKHOUSE_PASSWORD: \$\{CLICKHOUSE_PASSWORD:\?/)
  })
})
