import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { described, withListening } from './common-options.ts'

export type IntakeOptions = { readonly port?: string; readonly host?: string }

export const intakeCommand = (context: CommandContext): Command =>
  withListening(
    described(
      'intake',
      'Take events in over HTTP and put them into Kafka (KAFKA_BROKERS), for `pulse consume` to store. With CLICKHOUSE_URL, `pulse import --server` works against it as well. Stop it with Ctrl-C.\n通过 HTTP 接收事件并写入 Kafka，由 `pulse consume` 入库。',
      [
        'KAFKA_BROKERS=127.0.0.1:9092 pulse intake --port 8080',
        'pulse append events.ndjson --server http://127.0.0.1:8080',
      ],
    ),
  ).action(async (options: IntakeOptions) => {
    const { runIntake } = await import('./intake-run.ts')
    await runIntake(context, options)
  })
