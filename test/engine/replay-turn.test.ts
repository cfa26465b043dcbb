import { describe, expect, it } from 'vitest'
import { prepareStore } from '../../consumers/prepare-store.ts'
import { rebuild } from '../../consumers/projector/rebuild.ts'
import type { Store } from '../../schemas/store/port.ts'
import { openServer } from '../../schemas/store/server.ts'
import { readMarks, setMark } from '../../schemas/tables/marks.ts'
import { scratchFront } from './scratch-front.ts'

const timezone = 'Asia/Shanghai'
const at = scratchFront()

/** As two processes have it, each with a client of its own. */
const opened = async (): Promise<readonly [Store, Store]> => {
  const first = await openServer({ url: at.url })
  await prepareStore(first, { timezone })
  return [first, await openServer({ url: at.url })]
}

describe('rebuilds of a store that several processes use', () => {
  it('take turns: the second is refused, and one that was killed gives way', async () => {
    const [first, second] = await opened()
    const outcomes: string[] = []
    await rebuild(first, {
      timezone,
      beforeSwitch: async () => {
        const error = await rebuild(second, { timezone }).catch((thrown: unknown) => thrown)
        expect(error).toMatchObject({
          code: 'STORE_BUSY',
          message: expect.stringContaining('under way already'),
        })
        outcomes.push('refused')
        return true
      },
    })
    expect(outcomes).toEqual(['refused'])
    expect((await readMarks(first))('rebuilding')).toBe('')

    await setMark(
      first,
      'rebuilding',
      JSON.stringify({ owner: 'killed', until: Date.now() + 3_000 }),
    )
    expect(await rebuild(second, { timezone })).toMatchObject({ switched: true })
    await first.close()
    await second.close()
  })

  it('that stood still while another began switch nothing', async () => {
    const [first, second] = await opened()
    const late = rebuild(first, {
      timezone,
      beforeSwitch: async () => {
        await setMark(
          second,
          'rebuilding',
          JSON.stringify({ owner: 'other', until: Date.now() + 500 }),
        )
        return true
      },
    })
    await expect(late).rejects.toMatchObject({
      code: 'STORE_BUSY',
      message: expect.stringContaining('Nothing was switched'),
    })
    // its tables are the other's now: whoever comes next clears them away
    expect(await rebuild(second, { timezone })).toMatchObject({ switched: true })
    await first.close()
    await second.close()
  })
})
