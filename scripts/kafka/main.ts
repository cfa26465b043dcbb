import { once } from 'node:events'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { startBroker } from './broker.ts'

const usage = `npm run kafka [-- --data DIRECTORY] [--port 9092]
  Apache Kafka on this machine until Ctrl-C. Without --data the data go away with it.`

const optionsOf = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      port: { type: 'string', default: '9092' },
      help: { type: 'boolean', default: false },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error('--port is a number from 1 to 65535.')
  }
  return { port, data: values.data, help: values.help }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`)

const askedToStop = (): Promise<unknown> =>
  Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))

const serve = async (port: number, data: string | undefined): Promise<number> => {
  const asked = askedToStop().then(() => true)
  const broker = await startBroker({
    port,
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
  let options: ReturnType<typeof optionsOf>
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
    return await serve(options.port, options.data)
  } catch (error) {
    console.error(messageOf(error))
    return 1
  }
}
