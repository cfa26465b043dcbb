import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { composeFiles } from './compose-files.ts'
import { read, repoFiles } from './repo-files.ts'

const services =
  composeFiles.find(({ path }) => path === 'docker-compose.cluster.yml')?.services ?? []
const text = (path: string) => read(`deploy/clickhouse/${path}`)
const all = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(
    ([, value]) => value ?? '',
  )
const section = (xml: string, element: string): string =>
  new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(xml)?.[1] ?? ''

describe('the configuration of the servers', () => {
  it.each(repoFiles.filter((path) => path.startsWith('deploy/') && path.endsWith('.xml')))(
    '%s is well-formed',
    (path) => {
      const problems: Error[] = []
      const parser = new SaxesParser()
      parser.on('error', (error) => problems.push(error))
      parser.write(read(path)).close()
      expect(problems).toEqual([])
    },
  )

  it('takes from the environment only what each server is given', () => {
    const wanted = (path: string) =>
      [...text(path).matchAll(/from_env="(\w+)"/g)].map(([, name]) => name ?? '')
    for (const [path, kind] of [
      ['cluster.xml', 'clickhouse-server'],
      ['keeper.xml', 'clickhouse-keeper'],
    ] as const) {
      expect(wanted(path).length).toBeGreaterThan(0)
      const these = services.filter(({ image }) => image.startsWith(`clickhouse/${kind}:`))
      expect(these.length).toBeGreaterThan(2)
      for (const { environment } of these)
        expect(wanted(path).filter((name) => environment[name] === undefined)).toEqual([])
    }
  })

  it('names the cluster the processes ask for: two shards of two replicas that copy by themselves', () => {
    const names = new Set(
      services.flatMap(({ environment }) => environment['CLICKHOUSE_CLUSTER'] ?? []),
    )
    expect([...names]).toEqual(['pulse'])
    const shards = section(section(text('cluster.xml'), 'remote_servers'), 'pulse')
      .split('<shard>')
      .slice(1)
    expect(shards).toHaveLength(2)
    for (const [index, shard] of shards.entries()) {
      expect(shard).toContain('<internal_replication>true</internal_replication>')
      expect(shard).not.toContain('<weight>')
      const here = services.filter(
        ({ environment }) => environment['CLICKHOUSE_SHARD'] === String(index + 1),
      )
      expect(all(shard, 'host')).toEqual(here.map(({ name }) => name))
      expect(here.map(({ environment }) => environment['CLICKHOUSE_REPLICA'])).toEqual(['1', '2'])
      expect(here.map(({ environment }) => environment['CLICKHOUSE_HOST'])).toEqual(
        here.map(({ name }) => name),
      )
    }
  })

  it('has three Keepers, each with a number of its own, that every server asks', () => {
    const keepers = services.filter(({ image }) =>
      image.startsWith('clickhouse/clickhouse-keeper:'),
    )
    const names = keepers.map(({ name }) => name)
    const members = section(text('keeper.xml'), 'raft_configuration')
    expect(names).toHaveLength(3)
    expect(all(members, 'hostname')).toEqual(names)
    expect(all(members, 'id')).toEqual(keepers.map(({ environment }) => environment['KEEPER_ID']))
    expect(all(section(text('cluster.xml'), 'zookeeper'), 'host')).toEqual(names)
    expect(new Set(all(section(text('cluster.xml'), 'zookeeper'), 'port'))).toEqual(
      new Set(all(text('keeper.xml'), 'tcp_port')),
    )
  })
})

describe('the brokers of the cluster', () => {
  it('are three that vote, and acknowledge what two of them have', () => {
    const brokers = services.filter(({ image }) => image.startsWith('apache/kafka:'))
    expect(brokers).toHaveLength(3)
    for (const { name, environment } of brokers) {
      expect(environment['KAFKA_CONTROLLER_QUORUM_VOTERS']).toContain(
        `${environment['KAFKA_NODE_ID']}@${name}:29093`,
      )
      expect(environment).toMatchObject({
        KAFKA_DEFAULT_REPLICATION_FACTOR: '3',
        KAFKA_MIN_INSYNC_REPLICAS: '2',
        KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE: 'false',
      })
    }
  })
})
