import fc from 'fast-check'
import { anyEvent } from './arbitraries.ts'

/** Values that are wrong, or nearly right, in one place or another. */
const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    ...[null, '', ' ', 0, -1, 1.5, 6, 2 ** 53, true, [], {}, 'litigation', ['litigation']],
    ...['\ud800', '13912345678', '11010519491231002X', 'x'.repeat(64), 'x'.repeat(129)],
    ...['2024-02-30T00:00:00Z', '1899-12-31T00:00:00Z', '2024-01-01T00:00:00Z', '/offices/1'],
    ...['visit', 'review', 'unit', ['0123456789abcdef'], ['0123'], '1.0', '1'.repeat(18)],
    ...['2024-01-01 00:00:00Z', '2024-01-01T00:00:00', 'matter.settled.v1', 'matter.closed.v2'],
  ),
)
const anyName = fc.oneof(
  fc.constantFrom(
    ...['id', 'source', 'type', 'subject', 'time', 'recordedtime', 'receivedtime', 'data'],
    ...['specversion', 'petitionId', 'region', 'people', 'flags', 'days', 'into', 'dueAt', 'org'],
    ...['petitioners', 'reason', '__proto__', 'constructor', 'note', '姓名', 'amountFen'],
  ),
  fc.string({ maxLength: 8 }),
)

type Mutation = { inData: boolean; remove: boolean; name: string; value: unknown }

/** `JSON.parse` is what makes `__proto__` a name of its own, as it does for a real event. */
const setOwn = (object: object, name: string, value: unknown): object =>
  JSON.parse(
    `{${[...Object.entries(object).filter(([key]) => key !== name), [name, value]]
      .map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`)
      .join()}}`,
  )

const without = (object: object, name: string): object =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))

const mutate = (target: object, { inData, remove, name, value }: Mutation): object => {
  const change = (object: object): object =>
    remove ? without(object, name) : setOwn(object, name, value)
  if (!inData) return change(target)
  const data: unknown = Object.fromEntries(Object.entries(target))['data']
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? setOwn(target, 'data', change(data))
    : target
}

const anyChange: fc.Arbitrary<Mutation> = fc.record({
  inData: fc.boolean(),
  remove: fc.boolean(),
  name: anyName,
  value: anyValue,
})

/** A valid event with one to three places removed, added or given another value. */
export const anyMutation: fc.Arbitrary<object> = fc
  .tuple(anyEvent, fc.array(anyChange, { minLength: 1, maxLength: 3 }))
  .map(([event, changes]) => changes.reduce<object>(mutate, event))
