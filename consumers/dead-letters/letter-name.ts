import { PulseError } from '../../schemas/errors.ts'

/** Where a letter stands. */
export type LetterPlace = { readonly origin: string; readonly position: number }

/** A letter by its name: `petition.case-events/3/17` is offset 17 of partition 3. */
export const letterName = ({ origin, position }: LetterPlace): string => `${origin}/${position}`

/** The same taken apart. USAGE where it is no name of a letter. */
export const letterPlace = (name: string): LetterPlace => {
  const slash = name.lastIndexOf('/')
  const position = name.slice(slash + 1)
  if (slash < 1 || !/^\d{1,15}$/.test(position))
    throw new PulseError(
      'USAGE',
      'A letter is named by origin and position, such as petition.case-events/3/17; `pulse dead-letters list` shows the names.',
    )
  return { origin: name.slice(0, slash), position: Number(position) }
}
