/** `npm run dev`: sandbox and service together, until Ctrl-C, with what to try. */
import { startStage } from './stage.ts'

const help = `npm run dev: the sandbox and the service together on http://127.0.0.1:8080, until Ctrl-C

  CUTOVER_PORT        another port
`

if (process.argv.includes('--help')) {
  process.stdout.write(help)
  process.exit(0)
}

const port = Number(process.env['CUTOVER_PORT'] ?? 8080)
const stage = await startStage({
  scenario: 'small',
  port,
  logLevel: 'info',
  progress: (text) => process.stderr.write(`${text} …\n`),
})
const { service, ready } = stage
const migration = `${service}/v1/migrations/small`
const [[name, door] = ['', { url: '', headers: {} }]] = Object.entries(ready.frontDoors)
const url = 'url' in door ? door.url : `http://${door.name}/`
const headers = Object.entries(door.headers).map(([key, value]) => `-H '${key}: ${value}'`)
const exports = Object.entries(ready.env).map(([key, value]) => `export ${key}='${value}'`)
const byHand = Object.entries(ready.byHand).map(([key, value]) => `export ${key}='${value}'`)
process.stdout.write(`
The service is at ${service}, its pages at ${service}/docs. To try:

  curl -X PUT ${migration} -H 'content-type: application/yaml' --data-binary @${ready.inventory}
  curl -X POST ${migration}/workloads/${name}/plan
  curl -X POST ${migration}/workloads/${name}/advance          adopt, then prepare, then shift; one step each
  curl ${migration}/workloads/${name}                          phase, split, gates, and a sentence
  curl -N '${service}/v1/events?migration=small'               what happens, as it happens
  curl ${headers.join(' ')} ${url}            what a client of ${name} sees
  curl -X POST ${ready.controlUrl}/pods -H 'content-type: application/json' -d '{"workload":"${name}","cluster":"green","state":"unhealthy"}'
  curl -X POST ${migration}/workloads/${name}/rollback -H 'content-type: application/json' -d '{"reason":"just trying"}'

For other clients of this small AWS and its clusters (kubeconfigs: ${ready.clusters.blue.kubeconfig}, …green.kubeconfig):

${exports.map((line) => `  ${line}`).join('\n')}

To run a stack by hand (GET ${migration}/workloads/${name}/by-hand has the commands), these as well:

${byHand.map((line) => `  ${line}`).join('\n')}

Ctrl-C ends both.
`)

const stop = (): void => void stage.stop().then(() => process.exit(0))
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
