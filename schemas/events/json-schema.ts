import { KEY_PATTERN, MATTER_ID_PATTERN } from './characters.ts'
import { definitions } from './definitions.ts'
import type { EventDefinition, Field } from './fields.ts'
import { type EventType, eventTypes } from './types.ts'
import { URI_REFERENCE_PATTERN } from './uri-reference.ts'

export type JsonSchema = { readonly [name: string]: unknown }

const TEXT_PATTERN = '^\\s*\\S(?:[\\s\\S]{0,126}\\S)?\\s*$'
const STAMP_PATTERN =
  '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$'

const text: JsonSchema = { type: 'string', pattern: TEXT_PATTERN }
const matterId: JsonSchema = { type: 'string', pattern: MATTER_ID_PATTERN }
const uriReference: JsonSchema = {
  type: 'string',
  format: 'uri-reference',
  maxLength: 128,
  pattern: URI_REFERENCE_PATTERN,
}
const stamp: JsonSchema = { type: 'string', format: 'date-time', pattern: STAMP_PATTERN }

const valueSchema = (field: Field): JsonSchema => {
  switch (field.kind) {
    case 'text':
      return { $ref: '#/$defs/text' }
    case 'matterId':
      return { $ref: '#/$defs/matterId' }
    case 'uriReference':
      return { $ref: '#/$defs/uriReference' }
    case 'stamp':
      return { $ref: '#/$defs/stamp' }
    case 'boolean':
      return { type: 'boolean' }
    case 'integer':
      return { type: 'integer', minimum: field.least, maximum: field.greatest }
    case 'choice':
      return { enum: [...field.values] }
    case 'subset':
      return { type: 'array', items: { enum: [...field.values] } }
    case 'keys':
      return { type: 'array', items: { type: 'string', pattern: KEY_PATTERN } }
    default:
      return field satisfies never
  }
}

const fieldSchema = (field: Field): JsonSchema =>
  field.presence === 'defaulted'
    ? { ...valueSchema(field), default: field.default }
    : valueSchema(field)

const dataSchema = ({ about, fields, needsOneOf }: EventDefinition): JsonSchema => {
  const entries = Object.entries(fields)
  const required = entries.filter(([, { presence }]) => presence === 'required')
  return {
    description: about,
    type: 'object',
    additionalProperties: false,
    required: required.map(([name]) => name),
    properties: Object.fromEntries(entries.map(([name, field]) => [name, fieldSchema(field)])),
    ...(needsOneOf === undefined
      ? {}
      : { anyOf: needsOneOf.map((name) => ({ required: [name] })) }),
  }
}

const whenOfType = (type: EventType): JsonSchema => ({
  if: { properties: { type: { const: type } }, required: ['type'] },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  then: { properties: { data: { $ref: `#/$defs/${type}` } } },
})

/**
 * JSON Schema (2020-12) of the events of contract §2, generated from `definitions`. The root is an
 * event as an office sends it; `#/$defs/logged` the same as the log carries it, with `receivedtime`.
 * A schema cannot say everything: that dates are in the calendar and between 1900 and 2199, that
 * text is well-formed Unicode, and that no identity number is in it, only the parser checks.
 */
export const caseEventSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Petition case event',
  description:
    'CloudEvents 1.0 in JSON. Text is trimmed before it is measured; stamps finer than a millisecond are cut to it. Not expressible here and checked on receipt: dates of the calendar from 1900-01-01 to before 2200-01-01 (UTC), well-formed Unicode, names given once, and that no string of data, subject or id holds an ID-card or mobile phone number.',
  $ref: '#/$defs/logged',
  type: 'object',
  properties: { receivedtime: false },
  $defs: {
    logged: {
      description: 'An event as the log carries it.',
      type: 'object',
      required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'data'],
      properties: {
        specversion: { const: '1.0' },
        id: { $ref: '#/$defs/text' },
        source: { $ref: '#/$defs/uriReference' },
        type: { enum: [...eventTypes] },
        subject: { $ref: '#/$defs/matterId' },
        time: { $ref: '#/$defs/stamp' },
        recordedtime: { $ref: '#/$defs/stamp' },
        receivedtime: {
          $ref: '#/$defs/stamp',
          description: 'Set by the system when it accepted the event.',
        },
        data: { type: 'object' },
      },
      allOf: eventTypes.map(whenOfType),
    },
    text: { description: 'Text of 1–128 characters after trimming.', ...text },
    matterId: { description: 'The id of a matter.', ...matterId },
    uriReference: { description: 'The reporting office, e.g. /offices/430100.', ...uriReference },
    stamp: { description: 'RFC 3339 with an offset.', ...stamp },
    ...Object.fromEntries(eventTypes.map((type) => [type, dataSchema(definitions[type])])),
  },
})
