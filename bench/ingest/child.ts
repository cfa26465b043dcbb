import { once } from 'node:events'

/** Says that the work is done, and stays until whoever measures this process lets go of it. */
export const doneUntilReleased = async (): Promise<void> => {
  process.stdout.write('done\n')
  process.stdin.resume()
  await once(process.stdin, 'end')
}

/** The arguments this process was given, of which there must be `count`. */
export const given = (count: number): readonly string[] => {
  const args = process.argv.slice(2)
  if (args.length < count)
    throw new Error(`${count} arguments are needed, ${args.length} are there`)
  return args
}
