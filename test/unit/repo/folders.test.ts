import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read, repoFiles } from './repo-files.ts'

const parts = ['schemas', 'producers', 'consumers', 'dashboards', 'cli'] as const

/** What each folder may import of ours, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  producers: ['schemas'],
  consumers: ['schemas'],
  dashboards: ['schemas'],
  cli: ['schemas', 'producers', 'consumers', 'dashboards'],
}

const folderOf = (path: string): string => path.split('/')[0] ?? ''
const sources = repoFiles.filter(
  (path) => path.endsWith('.ts') && (parts as readonly string[]).includes(folderOf(path)),
)

const importsOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name ?? '')

describe('the folders', () => {
  it('are all read', () => {
    for (const part of parts) expect(sources.map(folderOf)).toContain(part)
  })

  it.each(parts)('%s imports only what it may', (part) => {
    const crossing = sources
      .filter((path) => folderOf(path) === part)
      .flatMap((path) =>
        importsOf(path)
          .filter((name) => name.startsWith('.'))
          .map((name) => normalize(join(dirname(path), name)))
          .filter((to) => folderOf(to) !== part && !mayImport[part]?.includes(folderOf(to)))
          .map((to) => `${path} imports ${to}`),
      )
    expect(crossing).toEqual([])
  })

  it('know ClickHouse and Kafka in their adapters only, and express where HTTP is spoken', () => {
    const importing = (names: readonly string[]) =>
      sources.filter((path) => importsOf(path).some((name) => names.includes(name)))
    expect(
      importing(['kafkajs', 'kafkajs-snappy', 'lz4-napi', 'fzstd']).filter(
        (path) => !/^(?:schemas\/log\/kafka|producers\/log|consumers\/log)\//.test(path),
      ),
    ).toEqual([])
    expect(
      importing(['@clickhouse/client', 'chdb', 'chdb/connection']).filter(
        (path) => !path.startsWith('schemas/store/'),
      ),
    ).toEqual([])
    expect(
      importing(['express']).filter(
        (path) => !/^(?:schemas\/http|dashboards\/api|producers\/intake)\//.test(path),
      ),
    ).toEqual([])
  })

  it('leave the environment, signals and standard streams to cli/', () => {
    const reaching = /\bprocess\.(?:env|argv|stdin|stdout|stderr|exit|once|on)\b|\bconsole\./
    expect(sources.filter((path) => folderOf(path) !== 'cli' && reaching.test(read(path)))).toEqual(
      [],
    )
  })
})
