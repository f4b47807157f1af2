/** `npm run dev`: sandbox and service together, until Ctrl-C, with what to try. */
import { readFile } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { parse } from 'yaml'
import { manyAbout, scenarioNames, scenarioOf, scenarios } from '../sandbox/scenarios/scenarios.ts'
import { startStage } from './stage.ts'
import { toTry } from './to-try.ts'

const known = (name: string): string => {
  if (!scenarioOf(name)) throw new InvalidArgumentError(`known are ${scenarioNames.join(', ')}.`)
  return name
}

const about = [...Object.values(scenarios), { name: 'many:N', about: manyAbout }].map(
  ({ name, about }) => `  ${name.padEnd(14)}${about}`,
)
const { scenario } = new Command('npm run dev --')
  .description('the sandbox and the service together on http://127.0.0.1:8080, until Ctrl-C')
  .option('--scenario <name>', 'what the sandbox has, see below', known, 'small')
  .addHelpText('after', `\nScenarios:\n${about.join('\n')}\n\nCUTOVER_PORT in the environment: another port`)
  .parse()
  .opts<{ readonly scenario: string }>()

const port = Number(process.env['CUTOVER_PORT'] ?? 8080)
const stage = await startStage({
  scenario,
  port,
  logLevel: 'info',
  progress: (text) => process.stderr.write(`${text} …\n`),
})
const { service, ready } = stage
const { migration } = parse(await readFile(ready.inventory, 'utf8')) as { readonly migration: string }
process.stdout.write(toTry({ ready, service, migration }))

const stop = (): void => void stage.stop().then(() => process.exit(0))
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
