import { Agent, request } from 'node:http'

const LIMIT_MS = 60_000

/** How many events of the body were accepted. Rejects where not all were. */
const post = (url: URL, agent: Agent, type: string, body: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': body.length }
    const sent = request(url, { method: 'POST', agent, headers, timeout: LIMIT_MS }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (more: string) => {
        text += more
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 202) resolve(Number(JSON.parse(text).accepted))
        else reject(new Error(`the intake answered ${response.statusCode}: ${text.slice(0, 500)}`))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${LIMIT_MS} ms`)))
    sent.on('error', reject)
    sent.end(body)
  })

/** Sends every body, `senders` at a time, over connections that stay. Resolves with the events accepted. */
export const postAll = async (
  url: string,
  type: string,
  bodies: readonly Buffer[],
  senders: number,
): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: senders })
  const address = new URL('/api/v1/events', url)
  const left = bodies.values()
  let accepted = 0
  const sender = async (): Promise<void> => {
    for (const body of left) {
      const taken = await post(address, agent, type, body)
      accepted += taken
    }
  }
  try {
    await Promise.all(Array.from({ length: senders }, sender))
    return accepted
  } finally {
    agent.destroy()
  }
}
