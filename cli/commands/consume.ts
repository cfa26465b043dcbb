import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { CONSUME_PORT, described, withListening } from './common-options.ts'

export type ConsumeOptions = { readonly port?: string; readonly host?: string }

export const consumeCommand = (context: CommandContext): Command =>
  withListening(
    described(
      'consume',
      'Store and fold what the log holds: Kafka (KAFKA_BROKERS) into a ClickHouse server (CLICKHOUSE_URL). Any number of them share the partitions. Stop it with Ctrl-C.\n从 Kafka 读取事件，写入 ClickHouse 并汇总；可并行运行多个。',
      [
        'KAFKA_BROKERS=127.0.0.1:9092 CLICKHOUSE_URL=http://127.0.0.1:8123 pulse consume',
        'curl http://127.0.0.1:8081/readyz',
      ],
    ),
    CONSUME_PORT,
    'port of health and metrics',
  ).action(async (options: ConsumeOptions) => {
    const { runConsume } = await import('./consume-run.ts')
    await runConsume(context, options)
  })
