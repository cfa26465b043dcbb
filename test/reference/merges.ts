import type { CaseEvent } from '../../schemas/events/event.ts'
import { compareText } from './code-point-order.ts'

/** Where each matter points: the `into` of its latest `merged`, unless an `unmerged` came later. */
export type Pointers = ReadonlyMap<string, string>

/** @param events in the contract's order; others than merges are passed over. */
export const pointersOf = (events: readonly CaseEvent[]): Pointers => {
  const pointers = new Map<string, string>()
  for (const event of events) {
    if (event.type === 'matter.merged.v1') pointers.set(event.subject, event.data.into)
    if (event.type === 'matter.unmerged.v1') pointers.delete(event.subject)
  }
  return pointers
}

/** The matter where the chain ends; of a cycle its smallest matterId. */
export const endOfChain = (pointers: Pointers, matterId: string): string => {
  const chain = [matterId]
  for (;;) {
    const last = chain[chain.length - 1] ?? matterId
    const next = pointers.get(last)
    if (next === undefined) return last
    if (chain.includes(next)) {
      return chain.slice(chain.indexOf(next)).sort(compareText)[0] ?? next
    }
    chain.push(next)
  }
}

export const isMergedAway = (pointers: Pointers, matterId: string): boolean =>
  endOfChain(pointers, matterId) !== matterId

/**
 * The matters among `candidates` whose petitions are this matter's if its own merge is left out of
 * account; itself is always one of them. For a matter that is not merged away its own pointer (to
 * itself, or on round a cycle of which it is the smallest) makes no difference.
 */
export const membersOf = (
  pointers: Pointers,
  matterId: string,
  candidates: readonly string[],
): string[] => {
  const withoutOwn = new Map(pointers)
  withoutOwn.delete(matterId)
  return candidates.filter((candidate) => endOfChain(withoutOwn, candidate) === matterId)
}

/** Groups matters that merges ever tied together, whichever way they point and undone or not. */
export const componentsOf = (
  matterIds: readonly string[],
  events: readonly CaseEvent[],
): Map<string, string[]> => {
  const neighbours = new Map<string, Set<string>>(matterIds.map((id) => [id, new Set()]))
  for (const event of events) {
    if (event.type !== 'matter.merged.v1') continue
    neighbours.get(event.subject)?.add(event.data.into)
    neighbours.get(event.data.into)?.add(event.subject)
  }
  const components = new Map<string, string[]>()
  for (const start of matterIds) {
    if (components.has(start)) continue
    const component: string[] = []
    const waiting = [start]
    const reached = new Set(waiting)
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      component.push(id)
      components.set(id, component)
      for (const neighbour of neighbours.get(id) ?? []) {
        if (!reached.has(neighbour)) waiting.push(neighbour)
        reached.add(neighbour)
      }
    }
  }
  return components
}
