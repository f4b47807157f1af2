import { parseArgs } from 'node:util'
import { AwsProvider } from './aws/provider.ts'
import { addEksService } from './eks/service.ts'
import { KubernetesWithHelm } from './kubernetes/with-helm.ts'
import { addLanguageHost } from './language-host.ts'
import { addProviderService } from './provider-service.ts'
import { listen } from './server.ts'

/**
 * The stand-in plugins and the language host as a process of their own:
 * `node sandbox/pulumi/main.ts [--aws PORT] [--kubernetes PORT] [--eks PORT] [--language PORT]`, each on a free port unless told.
 * Prints one line of JSON with the ports once it serves, and ends with SIGTERM, SIGINT or the end of its stdin.
 */
const { values } = parseArgs({
  options: {
    aws: { type: 'string', default: '0' },
    kubernetes: { type: 'string', default: '0' },
    eks: { type: 'string', default: '0' },
    language: { type: 'string', default: '0' },
  },
})

const environment = { ...process.env }
const listeners = {
  aws: await listen(Number(values.aws), (server, gateway) =>
    addProviderService(server, gateway, () => new AwsProvider(environment), '7.48.0'),
  ),
  kubernetes: await listen(Number(values.kubernetes), (server, gateway) =>
    addProviderService(server, gateway, () => new KubernetesWithHelm(environment), '4.34.2'),
  ),
  eks: await listen(Number(values.eks), (server, gateway) => addEksService(server, gateway, '4.3.0')),
  language: await listen(Number(values.language), addLanguageHost),
}
const ports = Object.fromEntries(Object.entries(listeners).map(([name, { port }]) => [name, port]))
process.stdout.write(`${JSON.stringify(ports)}\n`)

// Closing the connections gives up the calls that wait on AWS and ends the programs that run.
const stop = () =>
  void Promise.all(Object.values(listeners).map((listener) => listener.close())).then(() => process.exit())
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// Whoever started this process has gone without a word.
process.stdin.on('end', stop).resume()
