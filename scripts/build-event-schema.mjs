// Writes the JSON Schema of the events for other languages. Run after a change of
// schemas/events/definitions.ts: npm run build && node scripts/build-event-schema.mjs
// A unit test fails while the committed file differs from what the definitions say.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { caseEventSchema } from '../dist/schemas/events/json-schema.js'

const folder = new URL('../schemas/events/json-schema/', import.meta.url)
mkdirSync(folder, { recursive: true })
const file = new URL('case-event.schema.json', folder)
writeFileSync(file, `${JSON.stringify(caseEventSchema(), null, 2)}\n`)
console.log(fileURLToPath(file))
