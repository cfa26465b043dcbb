import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'

const requestLimitMs = 2_000
const pauseMs = 100

/** What the broker at the address says its cluster is; undefined while it says nothing, or has no broker yet. */
const clusterAt = async (address: string): Promise<string | undefined> => {
  const admin = new Kafka({
    clientId: 'broker-start',
    brokers: [address],
    logLevel: logLevel.NOTHING,
    connectionTimeout: requestLimitMs,
    requestTimeout: requestLimitMs,
    retry: { retries: 0 },
  }).admin()
  try {
    await admin.connect()
    const { clusterId, brokers } = await admin.describeCluster()
    return brokers.length > 0 ? clusterId : undefined
  } catch {
    return undefined
  } finally {
    await admin.disconnect()
  }
}

/**
 * Resolves once the broker of the cluster answers at the address. False when it has ended, or the
 * time is up.
 */
export const whenReady = async (
  address: string,
  clusterId: string,
  { limitMs, hasEnded }: { readonly limitMs: number; readonly hasEnded: () => boolean },
): Promise<boolean> => {
  const until = Date.now() + limitMs
  while (!hasEnded() && Date.now() < until) {
    if ((await clusterAt(address)) === clusterId) return true
    await sleep(pauseMs)
  }
  return false
}
