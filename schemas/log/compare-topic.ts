import { demandedConfig, type TopicPlan } from './topics.ts'

/** A topic as the broker describes it. */
export type FoundTopic = {
  readonly partitions: number
  readonly config: Readonly<Record<string, string>>
}

/** The command of Kafka's own tools that mends one setting of a topic. */
const alter = (topic: string, name: string, value: string): string =>
  `kafka-configs.sh --bootstrap-server "$KAFKA_BROKERS" --alter --entity-type topics --entity-name ${topic} --add-config ${name}=${value}`

/**
 * What differs between a topic and its plan: `problems` forbid its use, `notices` are for whoever
 * looks after it. One sentence each, with the command that mends it.
 */
export const compareTopic = (
  plan: TopicPlan,
  found: FoundTopic,
): { readonly problems: readonly string[]; readonly notices: readonly string[] } => {
  const problems: string[] = []
  const notices: string[] = []
  if (plan.partitionsDemanded && plan.partitions !== found.partitions)
    problems.push(
      `Topic ${plan.name} has ${found.partitions} partitions and KAFKA_PARTITIONS asks for ${plan.partitions}; set KAFKA_PARTITIONS=${found.partitions} or leave it out`,
    )
  for (const [name, needed] of Object.entries(plan.config)) {
    const value = found.config[name]
    if (value === needed) continue
    const has = `Topic ${plan.name} has ${name}=${value ?? '(unknown)'}`
    const mend = alter(plan.name, name, needed)
    if (demandedConfig.includes(name))
      problems.push(`${has}, and ${needed} is needed; run: ${mend}`)
    else notices.push(`${has}; ${needed} is recommended: ${mend}`)
  }
  return { problems, notices }
}
