// Runs a TypeScript program of this repository that is no part of the built one:
// node scripts/run-typescript.mjs FILE [arguments]. Its `main(arguments)` resolves with the exit code.
import { resolve } from 'node:path'
import process from 'node:process'
import { runnerImport } from 'vite'

const [file, ...args] = process.argv.slice(2)
if (file === undefined) {
  console.error(
    'Name the program to run, e.g. node scripts/run-typescript.mjs scripts/proof-kill.ts',
  )
  process.exit(2)
}
const { module } = await runnerImport(resolve(file), { configFile: false, logLevel: 'error' })
process.exit(await module.main(args))
