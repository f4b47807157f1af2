import { Agent, get } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addressesOf } from '../../../sandbox/cloud/elbv2/addresses.ts'
import { controlApp } from '../../../sandbox/control.ts'
import { Faults } from '../../../sandbox/faults.ts'
import { startLoad } from '../../../sandbox/load.ts'
import { CachingResolver } from '../../../sandbox/network/dns/caching-resolver.ts'
import { DnsServer } from '../../../sandbox/network/dns/server.ts'
import { reachIn } from '../../../sandbox/network/reach.ts'
import { CallLog } from '../../../sandbox/wire/call-log.ts'
import { addListener, addLoadBalancer, call as elbv2, toOne } from '../elbv2/fixture.ts'
import { addGroupOf, allHealthy, startDataPlane, until, type DataPlane } from '../network/fixture.ts'
import { call as route53 } from '../route53/fixture.ts'

let plane: DataPlane
let dns: DnsServer

beforeEach(async () => {
  plane = await startDataPlane()
  dns = new DnsServer(plane.world)
  await dns.open()
})
afterEach(async () => {
  await dns.close()
  await plane.stop()
})

const reach = () => reachIn(plane.world, plane.addresses, plane.network)

/** A load balancer with one pod behind it. */
async function addSide(cluster: 'blue' | 'green', loadBalancer: string, ip: string): Promise<string> {
  const side = { ...plane, loadBalancer }
  await plane.startPod(ip, { cluster })
  const group = await addGroupOf(side, cluster, [ip])
  await addListener(side, toOne(group))
  const made = plane.world.elbv2.loadBalancers.get(loadBalancer)!
  made.state = 'active'
  plane.world.events.emit('changed')
  await allHealthy(plane, group)
  return made.dnsName
}

test('clients by name follow the weights between two load balancers', async () => {
  const { world } = plane
  const names = {
    blue: await addSide('blue', plane.loadBalancer, '10.0.1.1'),
    green: await addSide('green', await addLoadBalancer(world, plane, 'green'), '10.0.1.2'),
  }
  const HostedZoneId = world.elbv2.loadBalancers.get(plane.loadBalancer)?.hostedZoneId
  const { HostedZone } = await route53(world, 'CreateHostedZone', { Name: 'shop.example', CallerReference: '1' })
  const shift = async (blue: number, green: number) => {
    const sides = [['blue', blue] as const, ['green', green] as const]
    const Changes = sides.map(([SetIdentifier, Weight]) => ({
      Action: 'UPSERT',
      ResourceRecordSet: {
        Name: 'www.shop.example',
        Type: 'A',
        SetIdentifier,
        Weight,
        AliasTarget: { HostedZoneId, DNSName: names[SetIdentifier], EvaluateTargetHealth: true },
      },
    }))
    await route53(world, 'ChangeResourceRecordSets', { HostedZoneId: HostedZone.Id, ChangeBatch: { Changes } })
    const change = [...world.route53.changes.values()].at(-1)
    await until('the change is in sync', () => change?.status === 'INSYNC')
  }
  await shift(100, 0)
  const resolver = new CachingResolver({ server: dns.socket, clock: world.clock, reach: reach() })
  const load = startLoad({ name: 'www.shop.example', resolver, ratePerSecond: 100, newConnectionShare: 0.5 })
  await until('blue answers', () => load.snapshot().byColour.blue > 20)
  expect(load.snapshot().byColour.green).toBe(0)
  await elbv2(world, 'ModifyLoadBalancerAttributes', {
    LoadBalancerArn: plane.loadBalancer,
    Attributes: [{ Key: 'client_keep_alive.seconds', Value: '60' }],
  })
  await shift(0, 100)
  // Kept connections, too: blue's load balancer ends them when they are old.
  await until('green answers all', async () => {
    const before = load.snapshot().byColour
    await until('20 more', () => load.snapshot().byColour.green >= before.green + 20)
    return load.snapshot().byColour.blue === before.blue
  })
  expect((await load.stop()).failed).toBe(0)
})

test('a load balancer ends connections that are older than client_keep_alive', async () => {
  await addSide('blue', plane.loadBalancer, '10.0.1.1')
  await elbv2(plane.world, 'ModifyLoadBalancerAttributes', {
    LoadBalancerArn: plane.loadBalancer,
    Attributes: [{ Key: 'client_keep_alive.seconds', Value: '60' }],
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const connection = () =>
    new Promise((resolve, reject) => {
      get(plane.url(), { agent }, (answer) => {
        answer.on('end', () => resolve(answer.headers.connection)).resume()
      }).on('error', reject)
    })
  expect(await connection()).toBe('keep-alive')
  await expect.poll(connection, { timeout: 5000 }).toBe('close')
  expect(await connection()).toBe('keep-alive')
  agent.destroy()
})

test('the control endpoint tells where an address of the VPC is', async () => {
  await addSide('blue', plane.loadBalancer, '10.0.1.1')
  const app = controlApp({ faults: new Faults(), clusters: {} as any, calls: new CallLog(), reach: reach() })
  const at = (address: string | undefined, port: string) =>
    app.inject({ url: '/sockets', query: { address: address!, port } })
  const [address] = addressesOf(plane.world, plane.world.elbv2.loadBalancers.get(plane.loadBalancer)!)
  expect((await at(address, '80')).json()).toEqual(plane.network.frontDoor(plane.loadBalancer, 80))
  expect((await at('10.0.1.1', '80')).json()).toEqual(plane.addresses.resolve('10.0.1.1', 80))
  expect((await at(address, '81')).statusCode).toBe(404)
  expect((await at('10.0.1.1', 'http')).statusCode).toBe(400)
  await app.close()
})
