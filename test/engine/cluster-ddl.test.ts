import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterSettings, clusterShapeSql } from '../../schemas/store/cluster-settings.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { shardedBy } from '../../schemas/tables/cluster-ddl.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { memoryStore } from '../unit/consumers/memory-store.ts'

const cluster = { name: 'pulse', database: 'pulse' }

/** What docker-compose.cluster.yml gives the first replica of the second shard. */
const given = {
  CLICKHOUSE_SHARD: '2',
  CLICKHOUSE_REPLICA: '1',
  CLICKHOUSE_HOST: 'clickhouse-2-1',
  CLICKHOUSE_INTERSERVER_SECRET: 'a secret of the test',
}

let directory = ''
let session: Session
let commands: readonly string[] = []
const ask = (sql: string): unknown[] =>
  session
    .query(sql, 'JSONEachRow')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
const failure = (sql: string): string => {
  try {
    session.query(sql)
    return 'none'
  } catch (error) {
    return String(error)
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pulse-ddl-'))
  await mkdir(join(directory, 'config.d'))
  // as the image's own configuration has it, for ours to take away
  await writeFile(
    join(directory, 'config.xml'),
    '<clickhouse><remote_servers><default><shard><replica><host>localhost</host><port>9000</port></replica></shard></default></remote_servers></clickhouse>',
  )
  const ours = async (name: string) => readFile(`deploy/clickhouse/${name}`, 'utf8')
  await writeFile(
    join(directory, 'config.d', 'server.xml'),
    (await ours('server.xml')).replace(/<logger>[\s\S]*<\/logger>/, ''),
  )
  // without Keepers, which are not there: asking for them would wait
  await writeFile(
    join(directory, 'config.d', 'cluster.xml'),
    (await ours('cluster.xml')).replace(/<zookeeper>[\s\S]*<\/zookeeper>/, ''),
  )
  Object.assign(process.env, given)
  session = new Session(join(directory, 'data'), {
    connectionArgs: [`--config-file=${join(directory, 'config.xml')}`],
  })
  session.query('CREATE DATABASE pulse ENGINE = Atomic')
  session.query('USE pulse')
  const told = memoryStore()
  await migrate({ ...told.store, cluster })
  commands = told.commands
})
afterAll(async () => {
  session.close()
  await rm(directory, { recursive: true, force: true })
})

describe('the configuration of the servers, read by the engine', () => {
  it('makes one cluster of two shards of two replicas', () => {
    expect(
      ask(
        'SELECT cluster, toUInt8(shard_num) AS shard, toUInt8(replica_num) AS replica, host_name AS host, shard_weight AS weight, toBool(internal_replication) AS copies FROM system.clusters ORDER BY ALL',
      ),
    ).toEqual(
      [1, 2].flatMap((shard) =>
        [1, 2].map((replica) => ({
          cluster: 'pulse',
          shard,
          replica,
          host: `clickhouse-${shard}-${replica}`,
          weight: 1,
          copies: true,
        })),
      ),
    )
  })

  it('is read back when a cluster is opened, and another name is told from it', () => {
    expect(ask(clusterShapeSql('pulse'))).toEqual([{ shards: 2, replicas: 2, known: 'pulse' }])
    expect(ask(clusterShapeSql("it's"))).toEqual([{ shards: 0, replicas: 0, known: 'pulse' }])
  })

  it('says where a server stands by what it is given', () => {
    expect(ask('SELECT * FROM system.macros ORDER BY macro')).toEqual([
      { macro: 'replica', substitution: '1' },
      { macro: 'shard', substitution: '2' },
    ])
  })
})

describe('the statements of a cluster, before the engine', () => {
  it('are all understood', () => {
    expect(commands.length).toBeGreaterThan(25)
    for (const sql of commands)
      expect(failure(`SELECT formatQuery(${sqlString(sql)}) FORMAT Null`)).toBe('none')
  })

  it('make replicated tables it accepts up to where it asks for Keeper', () => {
    const parts = commands.filter((sql) =>
      /^CREATE TABLE IF NOT EXISTS pulse\.\w+_local /.test(sql),
    )
    expect(parts.length).toBeGreaterThanOrEqual(Object.keys(shardedBy).length)
    for (const [index, sql] of parts.entries()) {
      const id = `7b2a3a7e-0000-4000-8000-${String(index).padStart(12, '0')}`
      const alone = sql.replace(" ON CLUSTER 'pulse'", ` UUID '${id}'`)
      expect(failure(alone)).toContain('NO_ZOOKEEPER')
      // and it does look at what is asked before
      expect(failure(alone.replace('{shard}', '{rack}'))).toContain("No macro 'rack'")
      expect(failure(alone.replace(/ORDER BY \(?/, '$&nothing_of_it, '))).not.toContain(
        'NO_ZOOKEEPER',
      )
    }
  })

  it('give settings that it knows', () => {
    const settings = clusterSettings(cluster, { shards: 2, replicas: 2, known: 'pulse' })
    for (const [name, value] of Object.entries(settings))
      expect(failure(`SET ${name} = ${sqlString(String(value))}`)).toBe('none')
  })
})
