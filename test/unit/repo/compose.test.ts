import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { asFilledIn, bytesOf, composeFiles, filledIn, isOurs } from './compose-files.ts'
import { read, root } from './repo-files.ts'

const schema: Record<string, unknown> = JSON.parse(
  read('test/fixtures/compose-spec/compose-spec.json'),
)

const isOneOff = ({ healthcheck }: { healthcheck: object }) => 'disable' in healthcheck

describe.each(composeFiles)('$path', ({ path, whole, services, volumes }) => {
  it('is a compose file by the published schema', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
    const valid = ajv.validate(schema, whole)
    expect(ajv.errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it.each(services)('$name has a version, a health check and limits', (service) => {
    expect(service.image).toMatch(/:\d+\.\d+(?:\.\d+)?$/)
    expect(bytesOf(service.deploy.resources.limits.memory)).toBeGreaterThan(2 ** 28)
    expect(Number(service.deploy.resources.limits.cpus)).toBeGreaterThan(0)
    // what ends by itself is waited for by others; what runs on is watched and started again
    const awaited = services.some(
      ({ depends_on }) => depends_on[service.name]?.condition === 'service_completed_successfully',
    )
    expect([isOneOff(service), service.restart]).toEqual(
      awaited ? [true, 'no'] : [false, 'unless-stopped'],
    )
  })

  it.each(services)('$name may do no more than it must', (service) => {
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    if (isOurs(service)) expect(service.read_only).toBe(true)
    if (service.image.startsWith('clickhouse/')) expect(service.user).toBe('101:101')
  })

  it('listens on this machine only, each port once', () => {
    const ports = services.flatMap((service) => service.ports)
    expect(ports.length).toBeGreaterThan(3)
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([])
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length)
  })

  it('keeps data in volumes that it names, and reads files that are here', () => {
    const mounts = services.flatMap((service) => service.volumes.map((text) => text.split(':')))
    const files = mounts.filter(([source]) => source?.startsWith('./'))
    expect(
      files.filter(([source, , mode]) => mode !== 'ro' || !existsSync(join(root, source ?? ''))),
    ).toEqual([])
    const kept = mounts.filter((mount) => !files.includes(mount)).map(([source]) => source)
    expect(kept.sort()).toEqual([...volumes].sort())
  })

  it('holds no secret: each comes from the environment, and is asked for where it is missing', () => {
    const secrets = services.flatMap(({ environment }) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|SECRET|_KEY$|TOKEN/.test(name)),
    )
    expect(secrets.length).toBeGreaterThan(0)
    expect(secrets.filter(([name, value]) => !value.startsWith(`\${${name}:?`))).toEqual([])
  })

  it('fills in only what .env.example names', () => {
    const named = new Set([...read('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name))
    const asked = filledIn(read(path))
    expect(asked.length).toBeGreaterThan(1)
    expect(asked.filter(({ name, otherwise }) => !named.has(name) || otherwise === '')).toEqual([])
  })

  it('waits for services that it has, in a state that they reach', () => {
    for (const { name, depends_on } of services)
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const found = services.find((service) => service.name === other)
        expect({ name, other, condition }).toEqual({
          name,
          other,
          condition:
            found !== undefined && isOneOff(found)
              ? 'service_completed_successfully'
              : 'service_healthy',
        })
      }
  })

  describe.each(services.filter(isOurs))('$name', ({ name, environment, command, ports }) => {
    const given = asFilledIn(environment)

    it('answers on the port that is opened, under the name it has here', () => {
      if (command?.[0] === 'migrate') return
      expect(ports.filter((port) => !port.endsWith(`:${given['PULSE_PORT']}`))).toEqual([])
      expect(given['PULSE_ALLOWED_HOSTS']).toBe(name)
    })

    it('reaches brokers and servers that are here, and asks of a server no more memory than it has', () => {
      const reachable = (host: string) =>
        services.filter(
          (service) =>
            service.name === host || service.networks?.default.aliases.includes(host) === true,
        )
      const brokers = given['KAFKA_BROKERS']?.split(',') ?? []
      for (const broker of brokers) {
        const [host = '', port = ''] = broker.split(':')
        expect(reachable(host)[0]?.environment['KAFKA_ADVERTISED_LISTENERS']).toContain(
          `PLAINTEXT://${host}:${port}`,
        )
      }
      if (brokers.length > 0) expect(Number(given['KAFKA_REPLICATION_FACTOR'])).toBe(brokers.length)
      const url = given['CLICKHOUSE_URL']
      expect(url ?? brokers[0]).toBeDefined()
      if (url === undefined) return
      const servers = reachable(new URL(url).hostname)
      expect(servers.length).toBeGreaterThan(0)
      for (const { deploy } of servers)
        expect(bytesOf(deploy.resources.limits.memory)).toBeGreaterThan(
          2 * bytesOf(given['PULSE_MEMORY'] ?? ''),
        )
    })
  })
})

describe('secrets', () => {
  it('are kept out of git and out of the example', () => {
    expect(read('.gitignore').split('\n')).toContain('.env')
    const values = [...read('.env.example').matchAll(/^(\w+)=(.*)$/gm)]
    expect(values.filter(([, name]) => /PASSWORD|SECRET|KEY/.test(name ?? '')).length).toBe(3)
    for (const [, name, value] of values)
      if (/PASSWORD|SECRET|KEY/.test(name ?? ''))
        expect({ name, value }).toEqual({ name, value: '' })
  })
})
