import { startBroker } from '../../scripts/kafka/broker.ts'

/** Starts a broker in the directory given, prints its process id, and waits to be killed. */
export const main = async ([directory = '']: readonly string[]): Promise<number> => {
  const broker = await startBroker({ directory, readyLimitMs: 60_000 })
  process.stdout.write(`${broker.pid}\n`)
  await broker.whenEnded()
  return 1
}
