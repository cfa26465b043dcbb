// Loaded before a program that is measured: leaves what its process used, as Node's
// process.resourceUsage() gives it, in the file named by PULSE_BENCH_RESOURCES.
const { writeFileSync } = require('node:fs')
const { isMainThread } = require('node:worker_threads')

const file = process.env.PULSE_BENCH_RESOURCES
// the program itself warns of settings it does not know
delete process.env.PULSE_BENCH_RESOURCES
if (isMainThread && file !== undefined)
  process.on('exit', () => writeFileSync(file, JSON.stringify(process.resourceUsage())))
