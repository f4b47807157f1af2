import type { ReadyFile } from '../sandbox/sandbox.ts'

type Door = ReadyFile['frontDoors'][string]

export interface Surroundings {
  readonly ready: ReadyFile
  /** The service's base URL. */
  readonly service: string
  readonly migration: string
}

const json = "-H 'content-type: application/json'"

/** What a person may type who has just started sandbox and service: commands for a shell, with every address filled in. */
export function toTry({ ready, service, migration }: Surroundings): string {
  const { clusters, controlUrl, frontDoors, inventory } = ready
  const names = Object.keys(frontDoors)
  const [name = ''] = names
  const at = `${service}/v1/migrations/${migration}`
  const green = clusters.green ? [] : buildGreen(at)
  return `
The service is at ${service}, its pages at ${service}/docs. To try:

  curl -X PUT ${at} -H 'content-type: application/yaml' --data-binary @${inventory}
${green.map((line) => `  ${line}\n`).join('')}  curl -X POST ${at}/workloads/${name}/plan
  curl -X POST ${at}/workloads/${name}/advance          # adopt, then prepare, then shift; one step each
  curl ${at}/workloads/${name}                          # phase, split, gates, and a sentence
  curl -N '${service}/v1/events?migration=${migration}'               # what happens, as it happens
  curl -X POST ${controlUrl}/pods ${json} -d '{"workload":"${name}","cluster":"green","state":"unhealthy"}'
  curl -X POST ${at}/workloads/${name}/rollback ${json} -d '{"reason":"just trying"}'

What clients see, of each workload:

${names.map((each) => `  ${each.padEnd(10)}${asClient(frontDoors[each] as Door, ready)}`).join('\n')}

For other clients of this small AWS and its clusters (kubeconfigs: ${kubeconfigs(clusters)}):

${assignments(ready.env)}

To run a stack by hand (GET ${at}/workloads/${name}/by-hand has the commands), these as well:

${assignments(ready.byHand)}

Ctrl-C ends both.
`
}

const buildGreen = (at: string): readonly string[] => [
  `curl -X POST ${at}/cluster/up                      # builds green; half a minute here`,
  `curl ${at}/cluster                                 # how far it is`,
]

/** A name is asked for through the proxy in the VPC: nothing outside has its addresses. */
function asClient(door: Door, { env }: ReadyFile): string {
  const headers = Object.entries(door.headers).map(([key, value]) => ` -H '${key}: ${value}'`)
  const where = 'url' in door ? door.url : `-x ${env['CUTOVER_PROBE_PROXY']} http://${door.name}/`
  return `curl${headers.join('')} ${where}`
}

const kubeconfigs = ({ blue, green }: ReadyFile['clusters']): string =>
  green ? `${blue.kubeconfig}, …green.kubeconfig` : `${blue.kubeconfig}, and green's beside it once it is built`

const assignments = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([key, value]) => `  export ${key}='${value}'`)
    .join('\n')
