import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pulse, startServing } from '../support/cli-child.ts'

let data: string
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'pulse-tools-'))
})
afterAll(() => rm(data, { recursive: true, force: true }))

const registered = JSON.stringify({
  specversion: '1.0',
  id: 'e1',
  source: '/offices/430102',
  type: 'petition.registered.v1',
  subject: 'm1',
  time: '2024-03-01T09:00:00+08:00',
  data: {
    petitionId: 'p1',
    channel: 'visit',
    region: '430102',
    category: '城建',
    petitioners: ['deadbeefcafe0123'],
  },
})

describe('pulse up --sql-port', () => {
  it('lets tools read what is folded, as it comes, and nothing of the events', async () => {
    const up = await startServing(['up', '--data', data, '--sql-port', '0'], {
      PULSE_SQL_PASSWORD: 'open sesame',
    })
    const said = /read matters and petitions at (http:\/\/\S+?)\/ /
    while (!said.test(up.notes())) await new Promise((resolve) => setTimeout(resolve, 20))
    const at = said.exec(up.notes())?.[1] ?? ''
    const ask = async (query: string, password = 'open sesame') => {
      const answer = await fetch(`${at}/`, {
        method: 'POST',
        headers: { 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': password },
        body: query,
      })
      return { status: answer.status, text: await answer.text() }
    }
    expect((await pulse(['append', '-', '--data', data], { stdin: registered })).code).toBe(0)
    expect(await ask('SELECT matter_id, region FROM matters FINAL')).toEqual({
      status: 200,
      text: 'm1\t430102\n',
    })
    for (const query of [
      'SELECT event FROM case_events',
      "INSERT INTO matters (matter_id) SELECT 'x'",
      'DROP TABLE matters',
    ]) {
      const { status, text } = await ask(query)
      expect(status).not.toBe(200)
      expect(text).not.toContain('deadbeef')
    }
    expect((await ask('SELECT 1', 'wrong')).status).toBe(403)
    expect(await up.end('SIGTERM')).toBe(0)
  })

  it('says what to do where the port is taken or would be open to a network', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const busy = await pulse(['up', '--data', data, '--port', '0', '--sql-port', String(port)])
    taken.close()
    expect(busy.code).toBe(2)
    expect(busy.notes).toContain(`port ${port} of 127.0.0.1 is in use`)
    expect(busy.notes).toContain('--sql-port')
    const open = ['up', '--data', data, '--port', '0', '--host', '0.0.0.0', '--sql-port', '0']
    const beyond = await pulse(open)
    expect(beyond.code).toBe(2)
    expect(beyond.notes).toContain('PULSE_SQL_PASSWORD')
  })
})
