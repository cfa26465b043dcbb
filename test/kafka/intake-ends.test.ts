import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { pulse } from '../support/cli-child.ts'
import {
  lineIds,
  lines,
  loggedIds,
  post,
  scratchEnvironment,
  startIntake,
} from '../support/intake.ts'
import { ownBroker } from '../support/kafka.ts'

describe('an intake with a broker of its own', { timeout: 240_000 }, () => {
  it('answers 503 while the broker is away, and takes events once it is back', async () => {
    const broker = await ownBroker()
    const env = { KAFKA_BROKERS: broker.brokers.join(','), KAFKA_PARTITIONS: '2' }
    const { url } = await startIntake(env)
    await broker.shutDown()
    const refused = await post(url, lines(1, 10))
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).not.toBeNull()
    expect(await refused.json()).toMatchObject({ code: 'LOG_UNAVAILABLE' })
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
    await broker.restart()
    await expect
      .poll(async () => (await post(url, lines(1, 10))).status, { timeout: 60_000 })
      .toBe(202)
    const ids = await loggedIds({ ...env, KAFKA_BROKERS: broker.brokers.join(',') })
    expect(new Set(ids)).toEqual(new Set(lineIds(1, 10)))
  })

  it('is reached over TLS and SCRAM: from HTTP into the log of a secure broker', async () => {
    const broker = await ownBroker({ secure: true })
    const { secure } = broker
    if (secure === undefined) throw new Error('The broker has no secure listeners.')
    const env = {
      KAFKA_BROKERS: secure.saslTls,
      KAFKA_PARTITIONS: '2',
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: secure.authorityFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: secure.user,
      KAFKA_SASL_PASSWORD: secure.password,
    }
    const { url, notes } = await startIntake(env)
    expect((await post(url, lines(1, 20))).status).toBe(202)
    expect(new Set(await loggedIds({ ...env, KAFKA_BROKERS: broker.brokers.join(',') }))).toEqual(
      new Set(lineIds(1, 20)),
    )
    expect(notes()).not.toContain(secure.password)
    const refused = await pulse(['intake', '--port', '0'], {
      env: { ...env, KAFKA_SASL_PASSWORD: 'open sesame' },
    })
    expect(refused.code).toBe(1)
    expect(refused.notes).toContain('refused the sign-in; mend KAFKA_SASL_MECHANISM')
    expect(refused.notes).not.toContain('open sesame')
  })
})

/** Sends batches from several senders until it is stopped; `acknowledged` are those answered with 202. */
const sendOn = (url: () => string) => {
  const acknowledged = new Set<string>()
  /** The first of each batch of 20. */
  const unanswered: number[] = []
  let next = 1
  let stopping = false
  const sender = async (): Promise<void> => {
    while (!stopping) {
      const from = next
      next += 20
      const status = await post(url(), lines(from, 20)).then(
        (response) => response.status,
        () => 0,
      )
      if (status === 202) for (const id of lineIds(from, 20)) acknowledged.add(id)
      else {
        unanswered.push(from)
        await sleep(200)
      }
    }
  }
  const senders = [sender(), sender(), sender()]
  return {
    acknowledged,
    unanswered,
    more: (events: number) => {
      const from = acknowledged.size
      return expect.poll(() => acknowledged.size > from + events, { timeout: 60_000 }).toBe(true)
    },
    stop: async () => {
      stopping = true
      await Promise.all(senders)
    },
  }
}

describe('an intake that ends while events arrive', () => {
  it('asked to, has in the log what it answered for, and ends by itself with 0', async () => {
    const env = scratchEnvironment()
    const intake = await startIntake(env)
    const sending = sendOn(() => intake.url)
    await sending.more(400)
    const begun = Date.now()
    expect(await intake.end('SIGTERM')).toBe(0)
    expect(Date.now() - begun).toBeLessThan(40_000)
    await sending.stop()
    const ids = new Set(await loggedIds(env))
    expect([...sending.acknowledged].filter((id) => !ids.has(id))).toEqual([])
  })

  it('killed, has in the log what it answered for; the rest may be sent again', async () => {
    const env = scratchEnvironment()
    let intake = await startIntake(env)
    const sending = sendOn(() => intake.url)
    for (let kills = 0; kills < 3; kills++) {
      await sending.more(200)
      expect(await intake.end('SIGKILL')).toBe(null)
      const ids = new Set(await loggedIds(env))
      expect([...sending.acknowledged].filter((id) => !ids.has(id))).toEqual([])
      intake = await startIntake(env)
    }
    await sending.stop()
    for (const from of sending.unanswered)
      expect((await post(intake.url, lines(from, 20))).status).toBe(202)
    const ids = new Set(await loggedIds(env))
    expect(ids.size).toBe(sending.acknowledged.size + 20 * sending.unanswered.length)
  })
})
