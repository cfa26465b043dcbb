import { setTimeout as sleep } from 'node:timers/promises'

const STEP_MS = 100

/**
 * Asks again and again until there is an answer; rejects after `limitMs`, naming what was waited for
 * and, where `state` is given, how things stood.
 */
export const waitUntil = async <T>(
  what: string,
  limitMs: number,
  ask: () => T | undefined | Promise<T | undefined>,
  state: () => string = () => '',
): Promise<T> => {
  for (const until = Date.now() + limitMs; ; await sleep(STEP_MS)) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > until)
      throw new Error(`waited ${Math.round(limitMs / 1000)} s for ${what}. ${state()}`)
  }
}
