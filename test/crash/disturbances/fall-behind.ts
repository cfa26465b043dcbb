import type { Disturbance } from './scene.ts'

/**
 * No consumer runs while the waves come; then they find far more than they fold at once, and kill
 * themselves where catching up first reaches each step. Where the consumer is the intake too, what
 * clients send is taken between its deaths.
 */
export const fallBehind =
  (waves: number, steps: readonly string[]): Disturbance =>
  async ({ stage, feed, killed, remember }) => {
    for (const consumer of stage.consumers) {
      await consumer.kill()
      killed('consumer at any moment')
    }
    const acknowledged: Promise<void>[] = []
    for (let wave = 0; wave < waves; wave += 1) acknowledged.push((await feed.ahead()).acknowledged)
    const [victim, ...others] = stage.consumers
    if (victim === undefined) throw new Error('to fall behind takes a consumer')
    for (const label of steps) {
      await victim.start({ label, nth: 1 })
      await remember()
      await victim.killedItself()
      killed(`consumer far behind ${label}`)
    }
    for (const consumer of [victim, ...others]) await consumer.start()
    await Promise.all(acknowledged)
  }
