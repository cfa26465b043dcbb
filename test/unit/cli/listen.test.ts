import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { listen } from '../../../cli/serve/listen.ts'

describe('a listening process', () => {
  it('says that it starts until it is ready to answer', async () => {
    const listening = await listen('127.0.0.1', 0)
    const ready = await fetch(`${listening.url}/readyz`)
    expect(ready.status).toBe(503)
    expect(ready.headers.get('retry-after')).not.toBeNull()
    expect(await (await fetch(`${listening.url}/healthz`)).json()).toEqual({ status: 'up' })
    listening.answerWith((_request, response) => response.end('ready'))
    expect(await (await fetch(listening.url)).text()).toBe('ready')
    await listening.stop()
  })

  it('finishes what is in hand when it stops, and takes no more', async () => {
    const listening = await listen('127.0.0.1', 0)
    let begun: () => void = () => undefined
    const inHand = new Promise<void>((resolve) => {
      begun = resolve
    })
    listening.answerWith(async (_request, response) => {
      begun()
      await sleep(200)
      response.end('done')
    })
    const answer = fetch(listening.url).then((response) => response.text())
    await inHand
    const stopped = listening.stop()
    await expect(fetch(listening.url)).rejects.toThrow()
    expect(await answer).toBe('done')
    await stopped
  })

  it('is not kept up by a connection on which nothing is asked', async () => {
    const listening = await listen('127.0.0.1', 0)
    listening.answerWith((_request, response) => response.end('once'))
    const agent = new Agent({ keepAlive: true })
    await new Promise<void>((resolve, reject) => {
      get(listening.url, { agent }, (response) => {
        response.resume().on('end', resolve)
      }).on('error', reject)
    })
    const started = Date.now()
    await listening.stop()
    expect(Date.now() - started).toBeLessThan(2_000)
    agent.destroy()
  })

  it('refuses a port that is taken', async () => {
    const first = await listen('127.0.0.1', 0)
    await expect(listen('127.0.0.1', Number(new URL(first.url).port))).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    await first.stop()
  })
})
