import { refusal } from './exceptions.ts'

/** The boundary of a multipart form; undefined: the body is none. */
export const boundaryOf = (contentType: string | undefined): string | undefined => {
  if (!/^multipart\/form-data\b/i.test(contentType ?? '')) return undefined
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '')
  return match?.[1] ?? match?.[2] ?? ''
}

const bad = (why: string): never => {
  throw refusal('BAD_ARGUMENTS', `The multipart form cannot be read: ${why}.`)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const textOf = (part: string): string => {
  try {
    return utf8.decode(Buffer.from(part, 'latin1'))
  } catch {
    return bad('a part is not UTF-8')
  }
}

/**
 * The fields of a form: `query` and values `param_…`, which clients send so where an address would
 * be too long for them. A file, which on a server is an external table, is refused.
 */
export const formPairs = (body: Buffer, boundary: string): [string, string][] => {
  const text = body.toString('latin1')
  const delimiter = `--${boundary}`
  if (boundary === '' || !text.startsWith(delimiter)) bad('its boundary is missing')
  const parts = text.slice(delimiter.length).split(`\r\n${delimiter}`)
  if (parts.length < 2 || !parts.at(-1)?.startsWith('--')) bad('it does not end')
  return parts.slice(0, -1).map((part) => {
    const headEnd = part.indexOf('\r\n\r\n')
    if (!part.startsWith('\r\n') || headEnd === -1) bad('a part has no head')
    const head = part.slice(0, headEnd)
    const name = /\bname="([^"]*)"/i.exec(head)?.[1] ?? ''
    if (/\bfilename=/i.test(head) || (name !== 'query' && !name.startsWith('param_')))
      throw refusal(
        'SUPPORT_IS_DISABLED',
        'There are no external tables here: a form may hold query and param_… only.',
        400,
      )
    return [name, textOf(part.slice(headEnd + 4))]
  })
}
