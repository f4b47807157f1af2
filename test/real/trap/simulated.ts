import { Clock } from '../../../sandbox/clock.ts'
import { startCluster } from '../../../sandbox/kubernetes/cluster.ts'
import { addressesIn, type VpcAddresses } from '../../../sandbox/kubernetes/pods/addresses.ts'
import { subnets } from '../../../sandbox/scenarios/network.ts'
import { until } from '../../support/wait.ts'
import { startTrapAws, type Colour, type TrapAws } from './aws.ts'
import { addressOf, podPort, podsOf } from './pods.ts'
import { Cluster, namespace, type Side } from './side.ts'

/** Gives out the addresses that are asked for first, then the VPC's own. */
function addressesWith(wanted: string[], others: VpcAddresses): VpcAddresses {
  return { take: (zone) => wanted.shift() ?? others.take(zone), release: (address) => others.release(address) }
}

/** Two clusters of the sandbox with its controllers, at the speed of real ones. */
export async function startSimulatedSide(): Promise<Side> {
  const aws = await startTrapAws()
  const clock = new Clock()
  const vpc = addressesIn({ 'eu-central-1a': subnets.a, 'eu-central-1b': subnets.b })
  const [blue, green] = await Promise.all([start('blue', aws, clock, vpc), start('green', aws, clock, vpc)])
  return {
    name: 'simulated',
    aws,
    blue: blue.cluster,
    green: green.cluster,
    async stop() {
      await Promise.all([blue.stop(), green.stop()])
      clock.stop()
      await aws.stop()
    },
  }
}

async function start(colour: Colour, aws: TrapAws, clock: Clock, others: VpcAddresses) {
  const wanted: string[] = []
  const cluster = await startCluster({
    name: `shop-${colour}`,
    colour,
    version: '1.24',
    vpc: addressesWith(wanted, others),
    addresses: aws.addresses,
    clock,
    aws: aws.accessOf(colour),
  })
  await cluster.installLoadBalancerController({ version: '2.4.5' })
  const steps = new Cluster(cluster.kubeconfig)
  await steps.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  for (const name of podsOf(colour)) {
    wanted.push(addressOf(name))
    const containers = [{ name: 'shop', image: 'shop:1', ports: [{ name: 'http', containerPort: podPort }] }]
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec: { containers } }
    await steps.api.create(pod)
    await until(`${name} serves`, () => aws.addresses.resolve(addressOf(name), podPort) !== undefined)
  }
  return { cluster: steps, stop: () => cluster.stop() }
}
