import { describe, expect, it } from 'vitest'
import { onCluster, placementOf } from '../../../schemas/store/cluster.ts'
import { clusterSettings } from '../../../schemas/store/cluster-settings.ts'
import {
  clusterStatements,
  copyStatements,
  dropTableStatements,
  exchangeStatement,
  shardedBy,
  shareStatement,
} from '../../../schemas/tables/cluster-ddl.ts'
import { migrate, readMigrations } from '../../../schemas/tables/migrate.ts'
import { memoryStore } from './memory-store.ts'

const cluster = { name: 'pulse', database: 'db' }
const made = (sql: string) => clusterStatements(sql, cluster)

/** What migrating writes on a cluster, as the server gets it. */
const migrated = async (): Promise<readonly string[]> => {
  const { store, commands } = memoryStore()
  await migrate({ ...store, cluster })
  return commands
}

describe('the migrations on a cluster', () => {
  it('make every table on every server', async () => {
    const ddl = (await migrated()).filter((sql) => !sql.startsWith('INSERT'))
    expect(ddl.length).toBeGreaterThan(20)
    expect(
      ddl.filter(
        (sql) => !/^\w+ [\w ]*?(?:\w+\.\w+(?: AND \w+\.\w+)?) ON CLUSTER 'pulse'/.test(sql),
      ),
    ).toEqual([])
  })

  it('give each table that keeps rows a replicated part and a whole that says where a row stands', async () => {
    const commands = await migrated()
    for (const [table, key] of Object.entries(shardedBy)) {
      const part = commands.find((sql) =>
        sql.startsWith(`CREATE TABLE IF NOT EXISTS db.${table}_local ON CLUSTER 'pulse' (`),
      )
      expect(part).toMatch(
        /ENGINE = ReplicatedReplacingMergeTree\('\/clickhouse\/tables\/\{uuid\}\/\{shard\}', '\{replica\}'(?:, \w+)?\)/,
      )
      for (const column of key) expect(part).toMatch(new RegExp(`\\b${column}\\s+\\w`))
      expect(commands).toContain(
        `CREATE TABLE IF NOT EXISTS db.${table} ON CLUSTER 'pulse' AS db.${table}_local ENGINE = Distributed('pulse', 'db', '${table}_local', cityHash64(${key.join(', ')}))`,
      )
    }
  })

  it('have all of a matter on one shard: one column, and the same function of it', () => {
    expect({
      case_events: shardedBy['case_events'],
      matters: shardedBy['matters'],
      petitions: shardedBy['petitions'],
    }).toEqual({ case_events: ['subject'], matters: ['matter_id'], petitions: ['origin_matter'] })
  })

  it('leave no part of a table that writes to disk when it likes', async () => {
    const parts = (await migrated()).filter((sql) => sql.includes('fsync_after_insert = 1'))
    expect(parts.length).toBeGreaterThan(4)
    for (const sql of parts) expect(sql).toContain('min_compressed_bytes_to_fsync_after_fetch = 1')
  })

  it('are the same files with the same digests', () => {
    for (const { sql } of readMigrations())
      expect(sql).not.toMatch(/CLUSTER|Replicated|Distributed/)
  })
})

describe('a statement on a cluster', () => {
  it('keeps its columns, engine parameters and settings, and loses its comments', () => {
    expect(
      made(`-- ENGINE = Memory
CREATE TABLE marks
(
    key String DEFAULT '-- no comment', -- of ENGINE = Log (x)
    at  DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
PRIMARY KEY key
ORDER BY (key, at)`),
    ).toEqual([
      `CREATE TABLE IF NOT EXISTS db.marks_local ON CLUSTER 'pulse' (
    key String DEFAULT '-- no comment', 
    at  DateTime64(6, 'UTC')
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', at)
PRIMARY KEY key
ORDER BY (key, at)`,
      "CREATE TABLE IF NOT EXISTS db.marks ON CLUSTER 'pulse' AS db.marks_local ENGINE = Distributed('pulse', 'db', 'marks_local', cityHash64(key))",
    ])
  })

  it('is one for a table that keeps nothing', () => {
    expect(made('CREATE TABLE folded (a UInt8)\nENGINE = Null')).toEqual([
      "CREATE TABLE IF NOT EXISTS db.folded ON CLUSTER 'pulse' (a UInt8) ENGINE = Null",
    ])
  })

  it('has a view follow what is stored where it is stored, and write to the whole', () => {
    expect(
      made('CREATE MATERIALIZED VIEW v TO marks AS\nSELECT * FROM case_events ARRAY JOIN flags'),
    ).toEqual([
      "CREATE MATERIALIZED VIEW IF NOT EXISTS db.v ON CLUSTER 'pulse' TO db.marks AS SELECT * FROM db.case_events_local ARRAY JOIN flags",
    ])
    expect(made('CREATE VIEW v AS SELECT * FROM matters JOIN petitions USING matter_id')).toEqual([
      "CREATE VIEW IF NOT EXISTS db.v ON CLUSTER 'pulse' AS SELECT * FROM db.matters JOIN db.petitions USING matter_id",
    ])
  })

  it('changes columns of the whole too, and how rows are kept of the parts only', () => {
    expect(made('ALTER TABLE marks ADD COLUMN IF NOT EXISTS note String')).toEqual([
      "ALTER TABLE db.marks_local ON CLUSTER 'pulse' ADD COLUMN IF NOT EXISTS note String",
      "ALTER TABLE db.marks ON CLUSTER 'pulse' ADD COLUMN IF NOT EXISTS note String",
    ])
    expect(made('ALTER TABLE marks MODIFY SETTING fsync_after_insert = 0')).toEqual([
      "ALTER TABLE db.marks_local ON CLUSTER 'pulse' MODIFY SETTING fsync_after_insert = 0",
    ])
    expect(made('ALTER TABLE folded ADD COLUMN note String')).toHaveLength(1)
  })

  it('exchanges and drops the parts; a table that is to take the place of another is sharded like it', () => {
    expect(made('EXCHANGE TABLES case_events AND case_events_next')).toEqual([
      "EXCHANGE TABLES db.case_events_local AND db.case_events_next_local ON CLUSTER 'pulse'",
    ])
    expect(made('DROP TABLE IF EXISTS case_events_next SYNC')).toEqual([
      "DROP TABLE IF EXISTS db.case_events_next ON CLUSTER 'pulse' SYNC",
      "DROP TABLE IF EXISTS db.case_events_next_local ON CLUSTER 'pulse' SYNC",
    ])
    expect(copyStatements('matters', 'matters_next', cluster)).toEqual([
      "CREATE TABLE db.matters_next_local ON CLUSTER 'pulse' AS db.matters_local",
      "CREATE TABLE db.matters_next ON CLUSTER 'pulse' AS db.matters_next_local ENGINE = Distributed('pulse', 'db', 'matters_next_local', cityHash64(matter_id))",
    ])
    expect(copyStatements('folded', 'folded_next', cluster)).toEqual([
      "CREATE TABLE db.folded_next ON CLUSTER 'pulse' AS db.folded",
    ])
    expect(copyStatements('case_events', 'case_events_read_next', cluster)[1]).toMatch(
      /'case_events_read_next_local', cityHash64\(subject\)\)$/,
    )
    expect(shareStatement('case_events', 'case_events_next', cluster)).toBe(
      "ALTER TABLE db.case_events_next_local ON CLUSTER 'pulse' ATTACH PARTITION tuple() FROM db.case_events_local",
    )
  })

  it.each([
    [
      'a table nobody says how to shard',
      'CREATE TABLE news (a UInt8) ENGINE = MergeTree ORDER BY a',
    ],
    ['a table without an engine', 'CREATE TABLE marks AS other'],
    ['a view that writes nowhere', 'CREATE MATERIALIZED VIEW v ENGINE = Log AS SELECT 1'],
    ['another statement', 'TRUNCATE TABLE marks'],
  ])('is refused for %s, saying where to mend it', (_, sql) => {
    expect(() => made(sql)).toThrow(
      expect.objectContaining({
        code: 'MIGRATION_MISMATCH',
        message: expect.stringContaining('schemas/tables/cluster-ddl.ts'),
      }),
    )
  })
})

describe('in one place', () => {
  it('statements are what they were', () => {
    const { local, localIndex, gather, relation } = placementOf({})
    expect([
      local('matters'),
      localIndex('case_events'),
      gather('SELECT 1'),
      relation('SELECT 1'),
    ]).toEqual([
      'matters',
      "mergeTreeIndex(currentDatabase(), 'case_events')",
      'SELECT 1',
      '(SELECT 1)',
    ])
    expect(onCluster(undefined)).toBe('')
    expect(dropTableStatements('a_next', undefined)).toEqual(['DROP TABLE IF EXISTS a_next SYNC'])
    expect(copyStatements('a', 'a_next', undefined)).toEqual(['CREATE TABLE a_next AS a'])
    expect(shareStatement('a', 'a_next', undefined)).toBe(
      'ALTER TABLE a_next ATTACH PARTITION tuple() FROM a',
    )
    expect(exchangeStatement('a', 'a_next', undefined)).toBe('EXCHANGE TABLES a AND a_next')
  })
})

describe('settings of a cluster', () => {
  it('have every replica store what is acknowledged', () => {
    const shape = { shards: 2, known: 'pulse' }
    expect(clusterSettings(cluster, { ...shape, replicas: 3 })).toMatchObject({
      insert_quorum: '3',
      distributed_foreground_insert: 1,
      skip_unavailable_shards: 0,
      distributed_product_mode: 'deny',
    })
    expect(clusterSettings(cluster, { ...shape, replicas: 1 })).toMatchObject({
      insert_quorum: '0',
    })
  })

  it('are none for a cluster the server does not know, which says what it knows', () => {
    expect(() => clusterSettings(cluster, { shards: 0, replicas: 0, known: 'a, b' })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/CLICKHOUSE_CLUSTER.*\(pulse\).*a, b/),
      }),
    )
  })
})
