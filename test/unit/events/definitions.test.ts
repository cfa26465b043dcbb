import { describe, expect, expectTypeOf, it } from 'vitest'
import { definitions } from '../../../schemas/events/definitions.ts'
import type { CaseData, CaseEventOf } from '../../../schemas/events/event.ts'
import { eventTypes, rankOf } from '../../../schemas/events/types.ts'
import type { WireData } from '../../../schemas/events/wire.ts'

describe('the definitions', () => {
  it('are of the types of the contract, in the order of its table', () => {
    expect(Object.keys(definitions)).toEqual(eventTypes)
    expect(eventTypes.map((type) => rankOf[type])).toEqual(eventTypes.map((_, i) => i + 1))
  })

  it('give the static types', () => {
    expectTypeOf<WireData<'matter.accepted.v1'>['dueAt']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<CaseData<'matter.accepted.v1'>['dueAt']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<CaseData<'petition.registered.v1'>['people']>().toEqualTypeOf<number>()
    expectTypeOf<CaseData<'petition.registered.v1'>['channel']>().toEqualTypeOf<
      'letter' | 'visit' | 'call' | 'online'
    >()
    expectTypeOf<CaseEventOf<'matter.closed.v1'>['type']>().toEqualTypeOf<'matter.closed.v1'>()
    expectTypeOf<WireData<'matter.terminated.v1'>>().toEqualTypeOf<Record<never, never>>()
  })

  it('share defaults that nobody can change', () => {
    const { petitioners, flags } = definitions['petition.registered.v1'].fields
    expect(Object.isFrozen(petitioners.default) && Object.isFrozen(flags.default)).toBe(true)
  })
})
