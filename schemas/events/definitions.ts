import {
  boolean,
  choice,
  defaulted,
  type EventDefinition,
  integer,
  keys,
  level,
  matterId,
  optional,
  stamp,
  subset,
  text,
  uriReference,
} from './fields.ts'
import type { EventType } from './types.ts'

const stage = choice('review', 'recheck')

/**
 * Contract §2, one entry a type. `data` is closed: a field that is not here is refused. `into`,
 * `source` and `id` name a matter or an event, so they follow the rule of the attribute they name.
 */
export const definitions = {
  'petition.registered.v1': {
    about: 'A petition was registered: a letter, a visit, a call or an online form.',
    fields: {
      petitionId: text,
      channel: choice('letter', 'visit', 'call', 'online'),
      region: text,
      category: text,
      people: defaulted(integer(1, 100_000), 1),
      receivedLevel: optional(level),
      competentLevel: optional(level),
      homeLevel: optional(level),
      org: optional(text),
      purpose: defaulted(choice('appeal', 'suggestion', 'report'), 'appeal'),
      petitioners: defaulted(keys, []),
      flags: defaulted(
        subset(
          'crossRegion',
          'crossDepartment',
          'crossIndustry',
          'residenceSeparated',
          'employmentSeparated',
          'bothSeparated',
          'litigation',
        ),
        [],
      ),
      supplement: defaulted(boolean, false),
      leaderReception: defaulted(boolean, false),
    },
  },
  'petition.voided.v1': {
    about: 'A petition was registered by mistake; it counts nowhere.',
    fields: { petitionId: text, reason: optional(text) },
  },
  'matter.forwarded.v1': {
    about: 'The matter was passed to the organisation that has to handle it.',
    fields: { toOrg: text, mode: choice('transfer', 'assign'), byLevel: optional(level) },
  },
  'matter.accepted.v1': {
    about: 'The matter was accepted for handling.',
    fields: {
      org: text,
      route: defaulted(
        choice(
          'petition',
          'litigation',
          'arbitration',
          'reconsideration',
          'party',
          'investigation',
        ),
        'petition',
      ),
      notifiedAt: optional(stamp),
      dueAt: optional(stamp),
    },
  },
  'matter.declined.v1': { about: 'The matter was not accepted.', fields: { reason: text } },
  'matter.leadAssigned.v1': {
    about: 'A leader took charge of the matter (领导包案).',
    fields: { leadLevel: level },
  },
  'matter.supervised.v1': {
    about: 'A higher level supervises the handling (督办).',
    fields: { byLevel: optional(level) },
  },
  'matter.extended.v1': {
    about: 'An extension was approved; `time` is the approval.',
    fields: { days: integer(1, 30) },
  },
  'matter.closed.v1': {
    about: 'The matter was closed with an outcome.',
    fields: {
      outcome: choice('supported', 'partly', 'notSupported', 'mediated', 'redirected'),
      org: optional(text),
    },
  },
  'matter.reopened.v1': {
    about: 'The matter was opened again.',
    fields: { reason: optional(text) },
  },
  'matter.evaluated.v1': {
    about: 'The petitioner rated the office or the handling unit.',
    fields: {
      target: choice('office', 'unit'),
      rating: choice('satisfied', 'basic', 'dissatisfied'),
    },
  },
  'matter.reviewRequested.v1': {
    about: 'A review (复查) or recheck (复核) was asked for.',
    fields: { stage },
  },
  'matter.reviewDecided.v1': {
    about: 'A review (复查) or recheck (复核) was decided.',
    fields: { stage, result: choice('upheld', 'changed', 'revoked') },
  },
  'matter.terminated.v1': { about: 'All three stages are exhausted (三级终结).', fields: {} },
  'matter.backlogListed.v1': {
    about: 'The matter was put on the list of a backlog campaign.',
    fields: {
      campaign: text,
      cohort: choice('stock', 'new'),
      reason: optional(choice('overdue', 'repeat', 'dissatisfied', 'local')),
    },
  },
  'matter.backlogResolved.v1': {
    about: 'The matter was recognised as resolved within a campaign.',
    fields: { campaign: text },
  },
  'matter.settled.v1': {
    about: 'The petitioner confirmed that the dispute is over (息诉罢访).',
    fields: {},
  },
  'matter.reclassified.v1': {
    about: 'The matter was given another region, category, organisation or competent level.',
    fields: {
      region: optional(text),
      category: optional(text),
      org: optional(text),
      competentLevel: optional(level),
    },
    needsOneOf: ['region', 'category', 'org', 'competentLevel'],
  },
  'matter.withdrawn.v1': {
    about: 'The petitioner withdrew the matter.',
    fields: { reason: optional(text) },
  },
  'matter.merged.v1': {
    about: 'The matter is the same as another; its petitions count under `into`.',
    fields: { into: matterId },
  },
  'matter.unmerged.v1': { about: 'A merge was undone.', fields: { into: matterId } },
  'matter.relief.v1': {
    about: 'Relief money was granted, in fen.',
    fields: { amountFen: integer(0, Number.MAX_SAFE_INTEGER) },
  },
  'event.retracted.v1': {
    about: 'An earlier event of the same subject was wrong: as if it had never been sent.',
    fields: { source: uriReference, id: text, reason: optional(text) },
  },
} as const satisfies Record<EventType, EventDefinition>

export type Definitions = typeof definitions
