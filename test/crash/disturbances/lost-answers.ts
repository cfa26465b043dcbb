import type { Disturbance } from './scene.ts'

const SWALLOW_LIMIT_MS = 60_000

/** The answer to an insert of events gets lost: the store has the rows, the consumer is not told. */
export const loseAnswerOfStore =
  (times: number): Disturbance =>
  async ({ stage, feed, disturbed, remember }) => {
    for (let time = 0; time < times; time += 1) {
      await feed.during(async () => {
        await stage.beforeStore?.swallowAnswer(/INSERT[^\n]{0,200}case_events/, SWALLOW_LIMIT_MS)
        disturbed('answer of the store lost')
      })
      await remember()
    }
  }

/** The answer of an intake gets lost: the log has the events, the client sends them again. */
export const loseAnswerOfIntake =
  (times: number): Disturbance =>
  async ({ stage, feed, disturbed, remember }) => {
    for (let time = 0; time < times; time += 1) {
      await feed.during(async () => {
        await stage.beforeIntake.swallowAnswer(/POST \/api\/v1\/events/, SWALLOW_LIMIT_MS)
        disturbed('answer of the intake lost')
      })
      await remember()
    }
  }
