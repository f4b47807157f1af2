import { describe, expect, it } from 'vitest'
import { openings } from '../../../../infra/workloads/node-port/sources.ts'
import { networkSite } from './network-fixture.ts'
import { site } from './fixture.ts'

const green = { nodePort: 31_080, healthCheckPort: '32000' }
const onTrafficPort = { ...green, healthCheckPort: 'traffic-port' }
const subnets = ['10.0.0.0/18', '10.0.64.0/18']
const clients = ['203.0.113.0/24']

describe("who has to reach the ports of green's nodes", () => {
  it('the security groups of a load balancer that has some', () => {
    expect(openings(site.found, green, { subnets: [] })).toEqual([
      { port: 31_080, sources: ['sg-0a'] },
      { port: 32_000, sources: ['sg-0a'] },
    ])
    const loadBalancer = { ...networkSite.found.loadBalancer, securityGroups: ['sg-0n'] }
    expect(openings({ ...networkSite.found, loadBalancer }, onTrafficPort, { subnets, clients })).toEqual([
      { port: 31_080, sources: ['sg-0n'] },
    ])
  })

  it('clients and the subnets of a network load balancer that shows its clients', () => {
    expect(openings(networkSite.found, onTrafficPort, { subnets, clients })).toEqual([
      { port: 31_080, sources: [...clients, ...subnets] },
    ])
    expect(openings(networkSite.found, green, { subnets, clients })).toEqual([
      { port: 31_080, sources: clients },
      { port: 32_000, sources: subnets },
    ])
  })

  it('its subnets alone where it does not', () => {
    const { blueTargetGroup, loadBalancer } = networkSite.found
    const flows = blueTargetGroup.flows && { ...blueTargetGroup.flows, preserveClientIp: false }
    const found = { loadBalancer, blueTargetGroup: { ...blueTargetGroup, flows } }
    expect(openings(found, onTrafficPort, { subnets, clients })).toEqual([{ port: 31_080, sources: subnets }])
  })
})
