import type { Readable } from 'node:stream'
import { SaxesParser } from 'saxes'

/** What a reader of XML wants to hear. Names come without their namespace prefix. */
export type ElementHandler = {
  readonly open?: (name: string, attribute: (name: string) => string | undefined) => void
  readonly text?: (text: string) => void
  readonly close?: (name: string) => void
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/**
 * Feeds a stream of UTF-8 XML to `handler`; the generator yields the size of every piece (bytes) once
 * it is read, so that the caller can pass on what has come together. Throws what the stream or the parser throws. Entities
 * of a document type are not expanded: naming one is an error.
 */
export async function* readElements(
  stream: Readable,
  handler: ElementHandler,
): AsyncGenerator<number> {
  const parser = new SaxesParser({ xmlns: false, position: false })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    handler.open?.(localName(name), (wanted) => {
      const plain = attributes[wanted]
      if (plain !== undefined) return plain
      for (const key of Object.keys(attributes))
        if (localName(key) === wanted) return attributes[key]
      return undefined
    })
  })
  parser.on('text', (text) => handler.text?.(text))
  parser.on('cdata', (text) => handler.text?.(text))
  parser.on('closetag', ({ name }) => handler.close?.(localName(name)))
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    parser.write(decoder.decode(chunk, { stream: true }))
    yield chunk.length
  }
  parser.write(decoder.decode()).close()
}

/** Reads a whole small part. */
export const readAllElements = async (stream: Readable, handler: ElementHandler): Promise<void> => {
  for await (const _ of readElements(stream, handler)) {
    // All is done by the handler.
  }
}
