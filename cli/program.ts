import { Command } from 'commander'
import { appendCommand } from './commands/append.ts'
import { campaignCommand } from './commands/campaign.ts'
import { casesCommand } from './commands/cases.ts'
import { consumeCommand } from './commands/consume.ts'
import { deadLettersCommand } from './commands/dead-letters.ts'
import { demoCommand } from './commands/demo.ts'
import { figureCommand } from './commands/figure.ts'
import { importCommand } from './commands/import.ts'
import { intakeCommand } from './commands/intake.ts'
import { metricsCommand } from './commands/metrics.ts'
import { migrateCommand } from './commands/migrate.ts'
import { rankCommand } from './commands/rank.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { replayCommand } from './commands/replay.ts'
import { restateCommand } from './commands/restate.ts'
import { serveCommand } from './commands/serve.ts'
import { storeCommand } from './commands/store.ts'
import { upCommand } from './commands/up.ts'
import type { CommandContext } from './context.ts'
import { version } from './version.ts'

const about = `Exact statistics for petition offices: a ledger or events in, figures out, as known on any date.
信访统计：台账或事件入，数字出，可追溯到任一时点。`

const more = `
Start here:
  pulse demo                                       a simulated city, at http://127.0.0.1:8080
  pulse import ledger.csv --suggest > ledger.yaml  a first mapping for your own ledger
  pulse import ledger.csv --mapping ledger.yaml    your own ledger
  pulse figure closure_rate --from 2024-01-01 --to 2025-01-01 --by month

Settings come from the environment:
  PULSE_TIMEZONE (Asia/Shanghai), PULSE_MONTH_START (1), PULSE_COLLECTIVE_THRESHOLD (5),
  PULSE_PSEUDONYM_KEY, PULSE_DATA (./.pulse), PULSE_SERVER, PULSE_HOST (127.0.0.1), PULSE_PORT (8080),
  PULSE_SQL_PORT, PULSE_SQL_PASSWORD, PULSE_ALLOWED_HOSTS, PULSE_MAX_BODY (16MB), PULSE_MEMORY (4GB),
  CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, CLICKHOUSE_DATABASE, CLICKHOUSE_CLUSTER,
  KAFKA_BROKERS and other KAFKA_…, see docs/settings.md
Exit code 0: done; 1: the work failed; 2: wrong usage or input.`

/**
 * The command line. Implementations are loaded only when their command runs, so that a figure does
 * not wait for the web server.
 */
export const buildProgram = (context: CommandContext): Command => {
  const { io } = context
  const program = new Command('pulse')
    .description(about)
    .version(version(), '--version', 'print the version')
    .addHelpText('after', more)
  for (const command of [
    demoCommand(context),
    upCommand(context),
    importCommand(context),
    appendCommand(context),
    figureCommand(context),
    metricsCommand(context),
    casesCommand(context),
    rankCommand(context),
    campaignCommand(context),
    restateCommand(context),
    migrateCommand(context),
    replayCommand(context),
    reconcileCommand(context),
    deadLettersCommand(context),
    consumeCommand(context),
    serveCommand(context),
    storeCommand(context),
    intakeCommand(context),
  ])
    program.addCommand(command)
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ])
    command
      .exitOverride()
      .showHelpAfterError('Run the command with --help for an example.')
      .configureOutput({
        writeOut: (text) => io.out(text),
        writeErr: (text) => io.draw(text),
      })
  return program
}
