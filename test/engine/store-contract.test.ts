import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { storeContract } from '../contract/store.contract.ts'

const directory = await mkdtemp(join(tmpdir(), 'pulse-contract-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

storeContract('the embedded engine', () => openEmbedded({ directory }))
