// Loaded before a program that is measured: leaves the most memory its process held, in kB, in the
// file named by PULSE_BENCH_PEAK.
const { writeFileSync } = require('node:fs')

const file = process.env.PULSE_BENCH_PEAK
// the program itself warns of settings it does not know
delete process.env.PULSE_BENCH_PEAK
if (file !== undefined)
  process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)))
