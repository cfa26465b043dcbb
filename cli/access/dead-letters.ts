import { letterPlace } from '../../consumers/dead-letters/letter-name.ts'
import { listLetters, showLetter } from '../../consumers/dead-letters/read-letters.ts'
import { replayLetters } from '../../consumers/dead-letters/replay-letters.ts'
import type { Edge } from '../../producers/append/take-lines.ts'
import { receivedClock } from '../../schemas/log/received-clock.ts'
import type { KafkaSettings } from '../../schemas/settings/kafka-settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { DeadLetters } from './access.ts'
import { openLog } from './open-log.ts'

const readLetters = (store: Store): Pick<DeadLetters, 'list' | 'show'> => ({
  list: (asked) => listLetters(store, asked),
  show: async (letter) => showLetter(store, letterPlace(letter)),
})

const replayTo =
  (store: Store, edge: Edge): DeadLetters['replay'] =>
  (asked, progress) =>
    replayLetters({ store, ...edge, now: Date.now }, asked, progress)

/** Of a store open in this process; what is replayed goes to its edge. */
export const deadLettersOf = (store: Store, edge: Edge): DeadLetters => ({
  ...readLetters(store),
  replay: replayTo(store, edge),
})

/** The same where a command has the store open and Kafka is the log, which is opened for the replay. */
export const loggedDeadLetters = (
  store: Store,
  kafka: KafkaSettings,
  note: (text: string) => void,
): DeadLetters => ({
  ...readLetters(store),
  replay: async (asked, progress) => {
    const log = await openLog(kafka, { clientId: 'pulse-replay', note })
    try {
      return await replayTo(store, { log, receivedClock: receivedClock() })(asked, progress)
    } finally {
      await log.close()
    }
  },
})
