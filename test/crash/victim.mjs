// The built `pulse`, which kills itself: node victim.mjs LABEL NTH arguments of pulse…
// At the NTH time its work reaches the step LABEL it is gone, as by `kill -9`: nothing is written,
// answered or closed after that. A label of `-` never comes.
import process from 'node:process'
import { main } from '../../dist/cli/main.js'
import { processIo } from '../../dist/cli/process-io.js'

const [label, nth, ...args] = process.argv.slice(2)
let seen = 0
const onStep = (step) => {
  if (step !== label || ++seen !== Number(nth)) return
  process.kill(process.pid, 'SIGKILL')
}
const code = await main(args, processIo(), { onStep })
process.stdout.write('', () => process.exit(code))
