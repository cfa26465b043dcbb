import { letterPlace } from '../../consumers/dead-letters/letter-name.ts'
import { listLetters, showLetter } from '../../consumers/dead-letters/read-letters.ts'
import { replayLetters } from '../../consumers/dead-letters/replay-letters.ts'
import type { Edge } from '../../producers/append/take-lines.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { DeadLetters } from './access.ts'

/** Of a store open in this process; what is replayed goes to its edge. */
export const deadLettersOf = (store: Store, edge: Edge): DeadLetters => ({
  list: (asked) => listLetters(store, asked),
  show: async (letter) => showLetter(store, letterPlace(letter)),
  replay: (asked, progress) => replayLetters({ store, ...edge, now: Date.now }, asked, progress),
})
