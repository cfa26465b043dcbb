import { once } from 'node:events'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { startBroker } from './broker.ts'

const usage = `npm run kafka [-- --data DIRECTORY] [--port 9092] [--ready-within SECONDS]
  Apache Kafka on this machine until Ctrl-C. Without --data the data go away with it.
  It gives up when the broker is not ready within 15 s, unless more are allowed.`

const optionsOf = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      port: { type: 'string', default: '9092' },
      'ready-within': { type: 'string', default: '15' },
      help: { type: 'boolean', default: false },
    },
  })
  const wholeNumber = (name: 'port' | 'ready-within', most: number): number => {
    const number = Number(values[name])
    if (Number.isInteger(number) && number >= 1 && number <= most) return number
    throw new Error(`--${name} is a whole number from 1 to ${most}.`)
  }
  return {
    port: wholeNumber('port', 65_535),
    readyLimitMs: wholeNumber('ready-within', 600) * 1000,
    data: values.data,
    help: values.help,
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`)

const askedToStop = (): Promise<unknown> =>
  Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))

type Options = ReturnType<typeof optionsOf>

const serve = async ({ port, readyLimitMs, data }: Options): Promise<number> => {
  const asked = askedToStop().then(() => true)
  const broker = await startBroker({
    port,
    readyLimitMs,
    ...(data === undefined ? {} : { directory: data }),
    say: (line) => console.error(line),
  })
  console.log(`Apache Kafka at ${broker.brokers.join(',')}; data in ${broker.directory}${
    data === undefined ? ', removed at the end' : ''
  }

  export KAFKA_BROKERS=${broker.brokers.join(',')}

Ctrl-C stops it.`)
  const wanted = await Promise.race([asked, broker.whenEnded().then(() => false)])
  if (!wanted) console.error(`The broker ended by itself. It said:\n${await broker.lastSaid()}`)
  await broker.stop()
  return wanted ? 0 : 1
}

export const main = async (args: readonly string[]): Promise<number> => {
  let options: Options
  try {
    options = optionsOf(args)
  } catch (error) {
    console.error(`${messageOf(error)}\n${usage}`)
    return 2
  }
  if (options.help) {
    console.log(usage)
    return 0
  }
  try {
    return await serve(options)
  } catch (error) {
    console.error(messageOf(error))
    return 1
  }
}
