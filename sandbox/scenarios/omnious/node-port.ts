import { createRoute, urlOf } from '../network.ts'
import { attachNodes } from '../nodes.ts'
import type { Exposed, Ground } from './ground.ts'
import { createBackend, createNlb } from './network-load-balancers.ts'
import { marker, serviceOf, services } from './services.ts'

const host = 'tagger.omnious.example'
const policy = { steps: [10, 50, 100], bake: '1m', soak: '2m' } as const

/** Load balancers before the nodes: a rule of the company's ALB for tagger, and an NLB of its own for stream. */
export async function exposeNodePorts(ground: Ground, alb: { arn: string; listenerArn: string }): Promise<Exposed> {
  const [tagger, stream] = await Promise.all([exposeTagger(ground, alb), exposeStream(ground)])
  return {
    entries: { tagger: tagger.entry, stream: stream.entry },
    frontDoors: { tagger: tagger.door, stream: stream.door },
    targetGroups: [tagger.targetGroupArn, stream.targetGroupArn],
  }
}

async function exposeTagger(ground: Ground, alb: { arn: string; listenerArn: string }) {
  const { aws, vpc, network, nodes } = ground
  const { nodePort } = services.tagger
  const targets = { type: 'instance', port: nodePort } as const
  const route = { name: 'tagger', host, priority: 20, targets }
  const { targetGroupArn, ruleArn } = await createRoute(aws, vpc, alb.listenerArn, route)
  await attachNodes(aws, vpc, await nodes, nodePort, targetGroupArn)
  const door = { url: await urlOf(network, alb.arn), headers: { host } }
  const entry = {
    kind: 'node-port',
    rule: ruleArn,
    blueTargetGroup: targetGroupArn,
    service: serviceOf('tagger'),
    probe: { ...door, expect: [200], marker },
    ...policy,
    steps: [50, 100],
  }
  return { door, entry, targetGroupArn }
}

async function exposeStream(ground: Ground) {
  const { aws, vpc, network, nodes } = ground
  const { nodePort } = services.stream
  const nlb = await createNlb(aws, vpc, 'omnious-stream')
  const backend = { Name: 'stream', TargetType: 'instance', Port: nodePort } as const
  const { targetGroupArn, listenerArn } = await createBackend(aws, vpc, nlb.arn, 80, backend)
  await attachNodes(aws, vpc, await nodes, nodePort, targetGroupArn)
  const door = { url: await urlOf(network, nlb.arn), headers: {} }
  const entry = {
    kind: 'node-port',
    listener: listenerArn,
    // Several target groups in an action of an NLB are three years away.
    strategy: 'shared',
    clients: ['10.0.0.0/16'],
    blueTargetGroup: targetGroupArn,
    service: serviceOf('stream'),
    // by its name: its other listeners are reached by that as well
    probe: { url: `http://${nlb.dnsName}/`, expect: [200], marker },
    ...policy,
    steps: [50, 100],
  }
  return { door, entry, targetGroupArn }
}
