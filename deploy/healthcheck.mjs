// The health check of the image: exit 0 when the process of this container answers. What is asked
// stands after it, /readyz unless named; the port is PULSE_PORT, as for the process itself.
import process from 'node:process'

const path = process.argv[2] ?? '/readyz'
const port = process.env.PULSE_PORT || '8080'

try {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    signal: AbortSignal.timeout(4000),
  })
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
} catch (error) {
  process.stderr.write(`${path} of port ${port}: ${error.cause?.code ?? error.message}\n`)
  process.exitCode = 1
}
