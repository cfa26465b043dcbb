import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pulse, startServing, type Up } from '../support/cli-child.ts'
import { sharedBrokers, uniqueName, withAdmin } from '../support/kafka.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

type Environment = Readonly<Record<string, string>>

const mapping = 'examples/ledger/office.yaml'
const secret = { PULSE_PSEUDONYM_KEY: 'ab'.repeat(32) }

const figures = ['petitions', 'matters', 'people', 'closure_rate', 'median_days_to_close']

const started = async (args: readonly string[], env: Environment): Promise<Up> => {
  const up = await startServing(args, env)
  onTestFinished(async () => {
    await up.end('SIGKILL')
  })
  return up
}

/** A store front, a consumer and an intake, each a process, with topics of their own. */
const deployment = async () => {
  const prefix = `${uniqueName('import')}.`
  onTestFinished(() =>
    withAdmin(sharedBrokers(), async (admin) => {
      const made = (await admin.listTopics()).filter((name) => name.startsWith(prefix))
      if (made.length > 0) await admin.deleteTopics({ topics: made })
    }),
  )
  const store = await started(['store', '--data', await scratchDirectory('import')], {})
  const env = {
    KAFKA_BROKERS: sharedBrokers().join(','),
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_GROUP_ID: uniqueName('import'),
    KAFKA_PARTITIONS: '3',
    CLICKHOUSE_URL: store.url,
    ...secret,
  }
  expect(await pulse(['migrate'], { env })).toMatchObject({ code: 0 })
  await started(['consume'], env)
  const serve = await started(['serve'], env)
  const intake = await started(['intake'], env)
  return { env, serve, intake }
}

/** Rows of some figures, of a server or a directory. */
const sheet = async (where: readonly string[]): Promise<readonly unknown[]> => {
  const all: unknown[] = []
  for (const metric of figures) {
    const period = ['--from', '2024-01-01', '--to', '2025-01-01', '--by', 'month,region']
    const { code, out, notes } = await pulse([
      'figure',
      metric,
      ...period,
      '--format',
      'json',
      ...where,
    ])
    expect({ code, notes }).toEqual({ code: 0, notes: '' })
    all.push(JSON.parse(out).rows)
  }
  return all
}

const importing = async (
  file: string,
  env: Environment,
  ...more: readonly string[]
): Promise<Record<string, unknown>> => {
  const { code, out, notes } = await pulse(['import', file, '--mapping', mapping, ...more], { env })
  expect({ code, notes }).toMatchObject({ code: 0 })
  return JSON.parse(out)
}

describe('a ledger that goes through Kafka', () => {
  it('and its later version give the figures of a clean import of that version', async () => {
    const folder = await scratchDirectory('ledgers')
    const text = await readFile('examples/ledger/office.csv', 'utf8')
    const [first, second] = [join(folder, 'first.csv'), join(folder, 'second.csv')]
    await writeFile(first, text)
    await writeFile(second, text.replace('2024-02-20 16:00', '2024-02-27 16:00'))
    const clean = ['--data', join(folder, 'clean')]
    await importing(second, secret, ...clean)

    const { env, serve, intake } = await deployment()
    const through = ['--server', intake.url]
    const one = await importing(first, secret, ...through)
    expect(one).toMatchObject({ duplicates: 0, changed: 0 })
    expect(one['published']).toBe(one['events'])
    // what was imported is known, whichever way it is asked: through the intake, or past it
    expect(await importing(first, secret, ...through)).toMatchObject({
      published: 0,
      duplicates: one['events'],
    })
    expect(await importing(first, env)).toMatchObject({
      published: 0,
      duplicates: one['events'],
    })
    expect(await importing(second, env)).toMatchObject({ changed: 1, retracted: 1, published: 2 })
    expect(await sheet(['--server', serve.url])).toEqual(await sheet(clean))
  })
})
