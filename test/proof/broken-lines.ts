import type { WireEvent } from '../../schemas/events/wire.ts'

/**
 * Lines that are no usable event, made of a sound one: each breaks one rule of contract §2. They
 * have ids of their own, so that one taken by mistake would be seen in the figures.
 */
export const brokenLines = (sound: WireEvent | undefined): string[] => {
  if (sound === undefined) return []
  const registered: WireEvent = {
    ...sound,
    id: 'broken',
    subject: 'broken',
    type: 'petition.registered.v1',
    data: { petitionId: 'p', channel: 'visit', region: '430102', category: '城建' },
  }
  const without = (name: string) =>
    Object.fromEntries(Object.entries(registered).filter(([key]) => key !== name))
  const data = (more: object) => ({ ...registered, data: { ...registered.data, ...more } })
  return [
    'not JSON',
    '[]',
    JSON.stringify(registered).slice(0, -1),
    ...[
      without('id'),
      without('time'),
      without('data'),
      { ...registered, specversion: '0.3' },
      { ...registered, type: 'petition.imagined.v1' },
      { ...registered, time: '2024-02-30T00:00:00Z' },
      { ...registered, time: '2024-02-28T00:00:00' },
      { ...registered, time: '1899-12-31T23:59:59Z' },
      { ...registered, receivedtime: '2024-02-28T00:00:00Z' },
      { ...registered, subject: 'with space' },
      { ...registered, id: 'x'.repeat(129) },
      data({ unknownField: 1 }),
      data({ channel: 'fax' }),
      data({ people: 0 }),
      data({ people: '3' }),
      data({ region: ' ' }),
      data({ category: 'call 13812345678 please' }),
      { ...registered, type: 'matter.reclassified.v1', data: {} },
    ].map((event) => JSON.stringify(event)),
  ]
}
