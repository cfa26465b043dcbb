import { openEmbedded } from '../../schemas/store/embedded.ts'

/** What a closed store holds, read past the program: identities with their contents. */
export type StoredEvents = {
  /** Subject, source, id and the hash of the content, as one text. */
  readonly contents: ReadonlySet<string>
  readonly identities: number
  readonly deadLetters: number
}

export const storedEvents = async (directory: string): Promise<StoredEvents> => {
  const store = await openEmbedded({ directory })
  try {
    const rows = await store.query<{ name: string; identity: string }>(
      `SELECT DISTINCT concat(subject, '\\n', toString(source), '\\n', id) AS identity,
        concat(identity, '\\n', hex(content_hash)) AS name FROM case_events`,
    )
    const [dead] = await store.query<{ n: number }>('SELECT count() AS n FROM dead_letters')
    return {
      contents: new Set(rows.map(({ name }) => name)),
      identities: new Set(rows.map(({ identity }) => identity)).size,
      deadLetters: dead?.n ?? Number.NaN,
    }
  } finally {
    await store.close()
  }
}
