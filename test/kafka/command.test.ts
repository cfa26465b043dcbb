import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePorts } from '../../scripts/kafka/ports.ts'
import { makeTopic, patienceMs, sharedBrokers, withAdmin } from '../support/kafka.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

const [program = '', ...programArgs] = String(
  JSON.parse(readFileSync('package.json', 'utf8')).scripts.kafka,
).split(' ')

/**
 * What `npm run kafka` runs, in a group of its own, as a terminal has it. Without npm, whose shell
 * ends by the signal whatever its program answers.
 */
const kafka = (...args: readonly string[]) => {
  const child = spawn(program, [...programArgs, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  onTestFinished(() => endGroup(child, 'SIGKILL'))
  return { child, notes: text(child.stderr), ended: once(child, 'close') }
}

const endGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    process.kill(-(child.pid ?? Number.NaN), signal)
  } catch {
    // it has ended by itself
  }
}

const patient = ['--ready-within', `${patienceMs / 1000}`]

/** What it prints once it is up. Rejects with what it said instead. */
const upText = async ({ child, notes }: ReturnType<typeof kafka>): Promise<string> => {
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += chunk
    if (printed.includes('stops it')) return printed
  }
  throw new Error(await notes)
}

const port = async (): Promise<number> => (await freePorts(1))[0] ?? 0

describe('npm run kafka', () => {
  it('says how to use it, and Ctrl-C leaves nothing', async () => {
    const at = await port()
    const own = kafka('--port', `${at}`, ...patient)
    const printed = await upText(own)
    expect(printed).toContain(`export KAFKA_BROKERS=127.0.0.1:${at}\n`)
    const directory = /data in (.+), removed at the end/.exec(printed)?.[1] ?? ''
    expect(existsSync(directory)).toBe(true)
    await withAdmin([`127.0.0.1:${at}`], (admin) => admin.listTopics())
    endGroup(own.child, 'SIGINT')
    expect(await own.ended).toEqual([0, null])
    expect(existsSync(directory)).toBe(false)
    await expect(fetch(`http://127.0.0.1:${at}`)).rejects.toThrow()
  })

  it('keeps the data of a directory that is given', async () => {
    const data = join(await scratchDirectory('kafka'), '数据')
    const first = await port()
    const one = kafka('--port', `${first}`, ...patient, '--data', data)
    await upText(one)
    await makeTopic([`127.0.0.1:${first}`], { topic: 'kept' })
    endGroup(one.child, 'SIGTERM')
    await one.ended
    const second = await port()
    const two = kafka('--port', `${second}`, ...patient, '--data', data)
    await upText(two)
    expect(await withAdmin([`127.0.0.1:${second}`], (admin) => admin.listTopics())).toEqual([
      'kept',
    ])
    endGroup(two.child, 'SIGINT')
    expect(await two.ended).toEqual([0, null])
  })

  it('says that its port is taken', async () => {
    const taken = sharedBrokers()[0]?.split(':')[1] ?? ''
    const { notes, ended } = kafka('--port', taken)
    expect(await ended).toEqual([1, null])
    expect(await notes).toMatch(/is taken, perhaps by another broker.* choose another port/)
  })

  it.each([['--port', 'many'], ['--ready-within', '0'], ['--prot', '1'], ['here']])(
    'refuses %s %s with its usage',
    async (...args) => {
      const { notes, ended } = kafka(...args)
      expect(await ended).toEqual([2, null])
      expect(await notes).toContain(
        'npm run kafka [-- --data DIRECTORY] [--port 9092] [--ready-within SECONDS]',
      )
    },
  )
})
