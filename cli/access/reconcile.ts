import type { LogPorts } from '../../consumers/reconcile/reconcile.ts'
import { reconcile } from '../../consumers/reconcile/reconcile.ts'
import type { NamedPosition } from '../../consumers/reconcile/report.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import { originOf, partitionOf } from '../../schemas/log/positions.ts'
import type { KafkaSettings } from '../../schemas/settings/kafka-settings.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { Access } from './access.ts'

/** Positions that are looked up in the log, and for how long: it is a help, not the finding. */
const NAMED_AT_MOST = 20
const NAMING_MS = 15_000

const eventAt = (value: Uint8Array): Pick<NamedPosition, 'subject' | 'source' | 'id'> => {
  const parsed = parseEventText(value, { receivedTime: 'carried' })
  if (!parsed.ok) return {}
  const { subject, source, id } = parsed.event
  return { subject, source, id }
}

const logPorts = async (settings: KafkaSettings): Promise<LogPorts> => {
  // loaded only where there is Kafka
  const [{ openKafka }, { topicsOf }, { readGroupOffsets }, { readPositions }] = await Promise.all([
    import('../../schemas/log/kafka/connection.ts'),
    import('../../schemas/log/topics.ts'),
    import('../../schemas/log/kafka/group-offsets.ts'),
    import('../../schemas/log/kafka/read-positions.ts'),
  ])
  const kafka = openKafka(settings, { clientId: 'pulse-reconcile' })
  const topic = topicsOf(settings).caseEvents.name
  return {
    offsets: async () =>
      (await readGroupOffsets(kafka, { topic, groupId: settings.groupId })).map(
        ({ partition, ...offsets }) => ({ origin: originOf(topic, partition), ...offsets }),
      ),
    name: async (positions) => {
      const ours = positions
        .filter(({ origin }) => partitionOf(origin).topic === topic)
        .slice(0, NAMED_AT_MOST)
        .map(({ origin, position }) => ({ partition: partitionOf(origin).partition, position }))
      const found = await readPositions(kafka, topic, ours, NAMING_MS).catch(() => [])
      const events = new Map(
        found.map(({ partition, position, value }) => [
          `${originOf(topic, partition)} ${position}`,
          eventAt(value),
        ]),
      )
      return positions.map((one) => ({ ...one, ...events.get(`${one.origin} ${one.position}`) }))
    },
  }
}

/** Reconciles a store open in this process with the log of the settings, where there is one. */
export const reconcileOf =
  (
    store: Store,
    { kafka }: Pick<Settings, 'kafka'>,
    watermark: () => Promise<number>,
  ): Access['reconcile'] =>
  async (progress) =>
    reconcile(
      {
        store,
        watermark,
        now: Date.now,
        ...(kafka === undefined ? {} : { log: await logPorts(kafka) }),
      },
      progress,
    )
