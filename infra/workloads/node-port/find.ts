import { withoutLeaving } from '../../aws/attachments.ts'
import { describeGroups } from '../../aws/auto-scaling.ts'
import type { Aws } from '../../aws/clients.ts'
import { subnetRanges } from '../../aws/places.ts'
import type { NodePortService } from '../../kubernetes/reads.ts'
import { foundSwitch } from '../elbv2/find.ts'
import { closedSources, ingressId } from '../elbv2/sources.ts'
import { survey, type Survey } from '../elbv2/survey.ts'
import type { Entry } from '../entry.ts'
import type { Surroundings } from '../kind.ts'
import { Refused } from '../refused.ts'
import { strategyOf, type NodePortConfig } from './config.ts'
import type { NodePortFound } from './found.ts'
import { refuseWhatCannotMove } from './refusals.ts'
import { findShared } from './shared/find.ts'
import { openings, type Opening } from './sources.ts'

export async function find(config: NodePortConfig & Entry, surroundings: Surroundings): Promise<NodePortFound> {
  const { aws } = surroundings
  const { namespace, name } = config.service
  const [surveyed, groups, blue, green, service] = await Promise.all([
    survey(config, aws),
    describeGroups(config.greenNodes.autoScalingGroups, aws).then((all) =>
      withoutLeaving(all, config.blueTargetGroup, aws),
    ),
    surroundings.blue.bindings(),
    surroundings.green.bindings(),
    surroundings.green.nodePorts(namespace, name),
  ])
  const strategy = strategyOf(config)
  refuseWhatCannotMove({ ...surveyed, strategy, wanted: config.greenNodes, groups, bindings: { blue, green } })

  const found = foundSwitch(surveyed, (id) => surroundings.claimed(id))
  const ports = portsOf(config, service, found.blueTargetGroup.healthCheck.port)
  const subnets = await rangesOf(surveyed, aws)
  const { clients } = config.greenNodes
  const nodeIngress = await closedPorts(config, openings(found, ports, { subnets, clients }), surroundings)
  const whole = {
    ...found,
    reserves: [...found.reserves, ...nodeIngress.map(({ port, from }) => ingressId(guardedAt(config, port), from))],
    // no binding fills this group, and one in green would empty it
    blueGroups: [{ arn: config.blueTargetGroup, multiCluster: false }],
    green: ports,
    nodeIngress,
    blueNodes: null,
  }
  return strategy === 'shared' ? findShared(config, surveyed, whole, aws) : whole
}

/** Green's node port and where its health is asked. Blue's check may ask the port that `externalTrafficPolicy: Local` gives. */
function portsOf(
  { service: { namespace, name, port } }: NodePortConfig,
  service: NodePortService | null,
  blueHealthPort: string,
): NodePortFound['green'] {
  const where = `${namespace}/${name}`
  if (!service) {
    throw new Refused('service', `green has no Service ${where}`, 'Deploy the workload on green first.')
  }
  const named = service.ports.find((one) => one.port === port || one.name === port)
  if (!named) {
    throw new Refused('service', `green's Service ${where} has no port ${port}`, 'Name one of its ports.')
  }
  if (named.nodePort === null) {
    throw new Refused('service', `green's Service ${where} has no node port`, 'Make it a Service of type NodePort.')
  }
  if (blueHealthPort === 'traffic-port') return { nodePort: named.nodePort, healthCheckPort: 'traffic-port' }
  if (!service.localOnly || service.healthCheckNodePort === null) {
    throw new Refused(
      'blueTargetGroup',
      `its health check asks port ${blueHealthPort}, and green's Service has no health-check port of its own`,
      'Let it ask the traffic port, or set externalTrafficPolicy: Local on green.',
    )
  }
  return { nodePort: named.nodePort, healthCheckPort: String(service.healthCheckNodePort) }
}

const guardedAt = ({ greenNodes }: NodePortConfig, port: number) => ({
  securityGroup: greenNodes.securityGroup ?? '',
  port,
})

/** Where a network load balancer without security groups comes from. */
async function rangesOf({ network, loadBalancer }: Survey, aws: Aws): Promise<readonly string[]> {
  if (!network || (loadBalancer.SecurityGroups ?? []).length > 0) return []
  return subnetRanges(
    (loadBalancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
    aws,
  )
}

async function closedPorts(
  config: NodePortConfig,
  wanted: readonly Opening[],
  surroundings: Surroundings,
): Promise<NodePortFound['nodeIngress']> {
  if (!config.greenNodes.securityGroup) return []
  const closed = await Promise.all(
    wanted.map(async ({ port, sources }) => {
      const sourcesOfPort = await closedSources('greenNodes', guardedAt(config, port), sources, surroundings)
      return sourcesOfPort.map((from) => ({ port, from }))
    }),
  )
  return closed.flat()
}
