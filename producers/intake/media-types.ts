import { PulseError } from '../../schemas/errors.ts'

export const mediaTypes = [
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/x-ndjson',
] as const
export type MediaType = (typeof mediaTypes)[number]

const refuse = (message: string): never => {
  throw new PulseError('USAGE', message, {
    details: { status: 415, title: 'Unsupported media type', supported: [...mediaTypes] },
  })
}

/** Which of the three forms a request has. Throws (415) where it is none, or not plain UTF-8. */
export const mediaTypeOf = (headers: {
  readonly 'content-type'?: string | undefined
  readonly 'content-encoding'?: string | undefined
}): MediaType => {
  const [essence = '', ...parameters] = (headers['content-type'] ?? '').split(';')
  const known = mediaTypes.find((type) => type === essence.trim().toLowerCase())
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity')
    return refuse('Content-Encoding is not supported. Send the body uncompressed.')
  for (const parameter of parameters) {
    const charset = /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter)?.[1]
    if (charset !== undefined && !/^utf-?8$/i.test(charset))
      return refuse('The charset must be utf-8.')
  }
  return known ?? refuse(`Content-Type must be one of: ${mediaTypes.join(', ')}.`)
}
