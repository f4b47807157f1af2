import { describeGroups } from '../../aws/auto-scaling.ts'
import type { NodePortService } from '../../kubernetes/reads.ts'
import { foundSwitch } from '../elbv2/find.ts'
import { closedSources, ingressId } from '../elbv2/sources.ts'
import { survey } from '../elbv2/survey.ts'
import type { Entry } from '../entry.ts'
import type { GreenNodes, Surroundings } from '../kind.ts'
import { Refused } from '../refused.ts'
import type { NodePortConfig } from './config.ts'
import type { NodePortFound } from './found.ts'
import { nodesOf } from './nodes.ts'
import { refuseWhatCannotMove } from './refusals.ts'

export async function find(entry: NodePortConfig & Entry, surroundings: Surroundings): Promise<NodePortFound> {
  const config = { ...entry, greenNodes: nodesOf(entry, surroundings.greenNodes) }
  const { aws } = surroundings
  const { namespace, name } = config.service
  const [surveyed, groups, blue, green, service] = await Promise.all([
    survey(config, aws),
    describeGroups(config.greenNodes.autoScalingGroups, aws),
    surroundings.blue.bindings(),
    surroundings.green.bindings(),
    surroundings.green.nodePorts(namespace, name),
  ])
  refuseWhatCannotMove({ ...surveyed, wanted: config.greenNodes, groups, bindings: { blue, green } })

  const found = foundSwitch(surveyed, (id) => surroundings.claimed(id))
  const ports = portsOf(config, service, found.blueTargetGroup.healthCheck.port)
  const nodeIngress = await closedPorts(config, ports, found.loadBalancer.securityGroups, surroundings)
  return {
    ...found,
    reserves: [...found.reserves, ...nodeIngress.map(({ port, from }) => ingressId(guardedAt(config, port), from))],
    // no binding fills this group, and one in green would empty it
    blueGroups: [{ arn: config.blueTargetGroup, multiCluster: false }],
    green: ports,
    nodeIngress,
  }
}

/** Green's node port and where its health is asked. Blue's check may ask the port that `externalTrafficPolicy: Local` gives. */
function portsOf(
  { service: { namespace, name, port } }: Pick<NodePortConfig, 'service'>,
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

type WithNodes = Omit<NodePortConfig, 'greenNodes'> & { readonly greenNodes: GreenNodes }

const guardedAt = ({ greenNodes }: WithNodes, port: number) => ({
  securityGroup: greenNodes.securityGroup ?? '',
  port,
})

async function closedPorts(
  config: WithNodes,
  { nodePort, healthCheckPort }: NodePortFound['green'],
  sources: readonly string[],
  surroundings: Surroundings,
): Promise<NodePortFound['nodeIngress']> {
  if (!config.greenNodes.securityGroup) return []
  const ports = healthCheckPort === 'traffic-port' ? [nodePort] : [nodePort, Number(healthCheckPort)]
  const closed = await Promise.all(
    ports.map(async (port) => {
      const sourcesOfPort = await closedSources('greenNodes', guardedAt(config, port), sources, surroundings)
      return sourcesOfPort.map((from) => ({ port, from }))
    }),
  )
  return closed.flat()
}
