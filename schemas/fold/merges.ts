/**
 * Which matter stands for which. A matter points to another by the latest of its `merged` and
 * `unmerged`; its petitions belong to the end of the chain; in a cycle that is the smallest
 * matterId of the cycle (contract §3). Pure; the strings are compared by code point, as the engine
 * compares them.
 */

/** A known `merged` (`into` given) or `unmerged` (`into` null); `time` in epoch ms. */
export type MergeEvent = {
  readonly subject: string
  readonly into: string | null
  readonly time: number
  readonly id: string
  readonly source: string
}

/** One matter of a component, with what the fold needs to know of it. */
export type MergeNode = {
  readonly matterId: string
  /** End of its chain, '' if it is not merged away. */
  readonly mergedInto: string
  /** Half-open [from, to) in epoch ms of the last event counted: merged away by the events up to then. */
  readonly away: readonly (readonly [number, number])[]
  /** Every matter of the component: 2 itself, 1 its petitions count here, 0 only seen. */
  readonly members: readonly (readonly [string, 0 | 1 | 2])[]
}

const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const inOrder = (a: MergeEvent, b: MergeEvent): number =>
  a.time - b.time ||
  // of one stamp `merged` comes before `unmerged`: the order of the contract's table
  Number(a.into === null) - Number(b.into === null) ||
  compare(a.id, b.id) ||
  compare(a.source, b.source)

type Pointers = ReadonlyMap<string, string>

/** The end of the chain from `start`; `start` itself where it points nowhere or is its cycle's smallest. */
const endOf = (start: string, pointers: Pointers): string => {
  const seen = new Set<string>()
  let at = start
  while (!seen.has(at)) {
    seen.add(at)
    const next = pointers.get(at)
    if (next === undefined) return at
    at = next
  }
  // `at` is the first matter met twice: walk its cycle for the smallest
  let smallest = at
  for (let node = pointers.get(at); node !== undefined && node !== at; node = pointers.get(node))
    if (compare(node, smallest) < 0) smallest = node
  return smallest
}

/** Does the chain from `start` pass `target`, if `target` itself points nowhere? */
const reaches = (start: string, target: string, pointers: Pointers): boolean => {
  const seen = new Set<string>()
  for (
    let at: string | undefined = start;
    at !== undefined && !seen.has(at);
    at = pointers.get(at)
  ) {
    if (at === target) return true
    seen.add(at)
  }
  return false
}

/** Groups of matters that ever pointed to each other, directly or through others, whatever is known now. */
export const components = (
  edges: readonly { readonly subject: string; readonly into: string }[],
): string[][] => {
  const parent = new Map<string, string>()
  const find = (node: string): string => {
    let root = node
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root))
      root = up
    for (let at = node; at !== root; ) {
      const up = parent.get(at) ?? root
      parent.set(at, root)
      at = up
    }
    return root
  }
  for (const { subject, into } of edges) {
    if (!parent.has(subject)) parent.set(subject, subject)
    if (!parent.has(into)) parent.set(into, into)
    const a = find(subject)
    const b = find(into)
    if (a !== b) parent.set(a, b)
  }
  const groups = new Map<string, string[]>()
  for (const node of parent.keys()) {
    const root = find(node)
    const group = groups.get(root)
    if (group === undefined) groups.set(root, [node])
    else group.push(node)
  }
  return [...groups.values()]
}

/** Resolves one component by the merge events known of it. */
export const resolveComponent = (
  matters: readonly string[],
  known: readonly MergeEvent[],
): MergeNode[] => {
  const events = [...known].sort(inOrder)
  const pointers = new Map<string, string>()
  const away = new Map<string, [number, number][]>()
  const outSince = new Map<string, number>()
  const apply = ({ subject, into }: MergeEvent) => {
    // merged into itself is not merged away
    if (into === null || into === subject) pointers.delete(subject)
    else pointers.set(subject, into)
  }
  for (let i = 0; i < events.length; ) {
    const time = events[i]?.time ?? 0
    for (let event = events[i]; event !== undefined && event.time === time; event = events[++i])
      apply(event)
    for (const matter of matters) {
      const out = pointers.has(matter) && endOf(matter, pointers) !== matter
      const since = outSince.get(matter)
      if (out && since === undefined) outSince.set(matter, time)
      if (!out && since !== undefined) {
        away.set(matter, [...(away.get(matter) ?? []), [since, time]])
        outSince.delete(matter)
      }
    }
  }
  return matters.map((matterId) => {
    const end = endOf(matterId, pointers)
    const since = outSince.get(matterId)
    return {
      matterId,
      mergedInto: end === matterId ? '' : end,
      away: [
        ...(away.get(matterId) ?? []),
        ...(since === undefined ? [] : [[since, Number.POSITIVE_INFINITY] as const]),
      ],
      members: matters.map((member) => [
        member,
        member === matterId ? 2 : reaches(member, matterId, pointers) ? 1 : 0,
      ]),
    }
  })
}
