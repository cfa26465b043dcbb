import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openServer } from '../../schemas/store/server.ts'
import { storeContract } from '../contract/store.contract.ts'
import { startServing, type Up } from '../support/cli-child.ts'

let directory: string
let front: Up
const account = { CLICKHOUSE_USER: 'pulse', CLICKHOUSE_PASSWORD: '密码 with $pace:' }
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pulse-contract-'))
  front = await startServing(['store', '--data', directory], account)
})
afterAll(async () => {
  expect(await front.end('SIGTERM')).toBe(0)
  await rm(directory, { recursive: true, force: true })
})

const open = () =>
  openServer({
    url: front.url,
    username: account.CLICKHOUSE_USER,
    password: account.CLICKHOUSE_PASSWORD,
  })
storeContract('the store front', open)

// a real server, where somebody has one: its database is made and its tables are left in place
const server = process.env['TEST_CLICKHOUSE_URL']
if (server !== undefined) {
  const username = process.env['TEST_CLICKHOUSE_USER'] ?? 'default'
  const password = process.env['TEST_CLICKHOUSE_PASSWORD'] ?? ''
  storeContract(`the server in TEST_CLICKHOUSE_URL`, () =>
    openServer({ url: server, username, password, database: `pulse_contract_${Date.now()}` }),
  )
}

it('says that the store is gone, and may be asked again, when its process is killed', async () => {
  const other = await mkdtemp(join(tmpdir(), 'pulse-contract-'))
  const killed = await startServing(['store', '--data', other])
  const store = await openServer({ url: killed.url })
  try {
    const running = store.query('SELECT sleep(3) AS s')
    const answered = expect(running).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retriable: true,
    })
    await new Promise((done) => setTimeout(done, 300))
    await killed.end('SIGKILL')
    await answered
    await expect(store.command('SELECT 1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retriable: true,
    })
  } finally {
    await store.close()
    await rm(other, { recursive: true, force: true })
  }
})
