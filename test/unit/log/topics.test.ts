import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { compareTopic } from '../../../schemas/log/compare-topic.ts'
import { topicsOf } from '../../../schemas/log/topics.ts'
import { read } from '../repo/repo-files.ts'

const plan = topicsOf({ topicPrefix: '' }).caseEvents
const asPlanned = { partitions: plan.partitions, config: { ...plan.config, 'segment.ms': '1' } }

describe('the topics', () => {
  it('are those of the contract, behind the prefix', () => {
    expect(Object.values(topicsOf({ topicPrefix: 'test.' })).map(({ name }) => name)).toEqual([
      'test.petition.case-events',
      'test.petition.case-events.dead-letters',
      'test.petition.alerts',
    ])
  })

  it('are those that the page for other producers describes', () => {
    const { channels } = parse(read('docs/asyncapi.yaml'))
    const { topicConfiguration } = channels.caseEvents.bindings.kafka
    expect(topicsOf({ topicPrefix: '' }).caseEvents).toMatchObject({
      name: channels.caseEvents.address,
      config: {
        'cleanup.policy': topicConfiguration['cleanup.policy'].join(','),
        'message.timestamp.type': topicConfiguration['message.timestamp.type'],
      },
    })
  })

  it('ask for a second copy at the acknowledgement only where one may be away', () => {
    const minInsync = (replicationFactor?: number) =>
      topicsOf({
        topicPrefix: '',
        ...(replicationFactor === undefined ? {} : { replicationFactor }),
      }).caseEvents.config['min.insync.replicas']
    expect([minInsync(), minInsync(2), minInsync(3)]).toEqual(['1', '1', '2'])
  })
})

describe('a topic that is there', () => {
  it('is used as it is where it is as planned', () => {
    expect(compareTopic(plan, asPlanned)).toEqual({ problems: [], notices: [] })
  })

  it.each([
    ['cleanup.policy', 'compact', 'delete'],
    ['cleanup.policy', 'compact,delete', 'delete'],
    ['message.timestamp.type', 'CreateTime', 'LogAppendTime'],
  ])('is refused for %s=%s, with the command that mends it', (name, value, needed) => {
    const found = { ...asPlanned, config: { ...asPlanned.config, [name]: value } }
    expect(compareTopic(plan, found)).toEqual({
      problems: [
        `Topic petition.case-events has ${name}=${value}, and ${needed} is needed; run: kafka-configs.sh --bootstrap-server "$KAFKA_BROKERS" --alter --entity-type topics --entity-name petition.case-events --add-config ${name}=${needed}`,
      ],
      notices: [],
    })
  })

  it('may keep its messages for another time, which is told', () => {
    const found = { ...asPlanned, config: { ...asPlanned.config, 'retention.ms': '604800000' } }
    const { problems, notices } = compareTopic(plan, found)
    expect(problems).toEqual([])
    expect(notices).toEqual([
      expect.stringContaining('has retention.ms=604800000; 2592000000 is recommended'),
    ])
  })

  it('may have another number of partitions, unless one was asked for', () => {
    const found = { ...asPlanned, partitions: 7 }
    expect(compareTopic(plan, found).problems).toEqual([])
    const asked = topicsOf({ topicPrefix: '', partitions: 12 }).caseEvents
    expect(compareTopic(asked, found).problems).toEqual([
      'Topic petition.case-events has 7 partitions and KAFKA_PARTITIONS asks for 12; set KAFKA_PARTITIONS=7 or leave it out',
    ])
  })
})
