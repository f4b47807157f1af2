import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterFaults } from '../../../infra/cluster/config.ts'
import { nodeSecurityGroup } from '../../../infra/cluster/outputs.ts'
import { plan } from '../../../infra/cluster/plan.ts'
import { nextStage, type ClusterStage } from '../../../infra/cluster/stage.ts'
import { built, config, groupArn, site } from './fixture.ts'

const withController = { ...site, config: { ...config, loadBalancerController: true } }
const anyArns = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,20}$/).map(groupArn), { minLength: 1, maxLength: 20 })

describe('the plan', () => {
  it("denies green's controller every target group of blue's, and allows it to register elsewhere", () => {
    fc.assert(
      fc.property(anyArns, (blueTargetGroups) => {
        const { controller } = plan({ ...withController, blueTargetGroups }, built)
        const [deny] = controller?.deny?.Statement ?? []
        expect(deny?.Effect).toBe('Deny')
        expect(deny?.Action).toEqual(['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'])
        expect(new Set(deny?.Resource)).toEqual(new Set(blueTargetGroups))
        expect(controller?.allow.Statement.some((one) => one.Effect === 'Deny')).toBe(false)
      }),
    )
  })

  it('is the same whatever the order in which the groups are named', () => {
    fc.assert(
      fc.property(anyArns, (groups) => {
        const reversed = { ...withController, blueTargetGroups: groups.toReversed() }
        expect(plan(reversed, built)).toEqual(plan({ ...withController, blueTargetGroups: groups }, built))
      }),
    )
  })

  it('says so when IAM would not take a deny of that length', () => {
    const blueTargetGroups = Array.from({ length: 120 }, (_, index) => groupArn(`search-${index}`))
    expect(() => plan({ ...withController, blueTargetGroups }, built)).toThrow(/120 target groups .* IAM allows 10240/)
  })

  it('fits the allow into a managed policy: 6,144 characters', () => {
    const { controller } = plan(withController, built)
    expect(JSON.stringify(controller?.allow).length).toBeLessThanOrEqual(6144)
  })

  it('has no controller unless it is wanted, and takes the chart that runs on the version', () => {
    expect(plan(site, built).controller).toBeNull()
    const chart = (version: string) =>
      plan({ ...withController, config: { ...withController.config, version } }, built).controller?.chartVersion
    expect(chart('1.21')).toBe('1.4.6')
    expect(chart('1.33')).toBe('1.13.4')
    const loadBalancerController = { chartVersion: '1.10.0' }
    expect(plan({ ...site, config: { ...config, loadBalancerController } }, built).controller?.chartVersion).toBe(
      '1.10.0',
    )
  })

  it('protects the cluster from deletion but in the stage before a destroy', () => {
    expect(plan(site, built).deletionProtection).toBe(true)
    expect(plan(site, { name: 'unprotected', roles: [], only: null }).deletionProtection).toBe(false)
  })

  it('pins every add-on, and puts those that need nodes behind them', () => {
    const addons = { ...site.addons, 'aws-ebs-csi-driver': 'v1.44.0-eksbuild.1' }
    const { ownAddons, addons: later } = plan({ ...site, addons }, built)
    expect(ownAddons).toEqual({ vpcCni: 'v1.20.4-eksbuild.1', kubeProxy: 'v1.33.2-eksbuild.1' })
    expect(later.map(({ addonName }) => addonName)).toEqual(['coredns', 'aws-ebs-csi-driver'])
    expect(() => plan({ ...site, addons: {} }, built)).toThrow(/no version of the add-on/)
  })

  it('writes ARNs of the partition that the region is in', () => {
    const { nodePolicies } = plan({ ...site, region: 'cn-north-1' }, built)
    expect(nodePolicies[0]).toBe('arn:aws-cn:iam::aws:policy/AmazonEKSWorkerNodePolicy')
  })
})

describe('the stage', () => {
  const role = (name: string) => ({ role: name, serviceAccounts: ['shop/search'] })
  const wanting = (...names: string[]) => ({ ...config, serviceAccountRoles: names.map(role) })
  const stage = (...roles: ClusterStage['roles']): ClusterStage => ({ name: 'built', roles, only: null })
  const granted = { ...role('app'), trust: 'granted' } as const
  const withdrawn = { ...role('app'), trust: 'withdrawn' } as const

  it('grants what the inventory lists', () => {
    expect(nextStage('built', wanting('app'), { asked: null, done: null })).toEqual(stage(granted))
  })

  it('withdraws from what it lists no more, until that is done', () => {
    const once = nextStage('built', config, { asked: stage(granted), done: stage(granted) })
    expect(once).toEqual(stage(withdrawn))
    expect(nextStage('built', config, { asked: once, done: stage(granted) })).toEqual(stage(withdrawn))
    expect(nextStage('built', config, { asked: once, done: once })).toEqual(stage())
  })

  it('withdraws from a role that was granted anew in a run that broke off', () => {
    expect(nextStage('built', config, { asked: stage(granted), done: stage(withdrawn) })).toEqual(stage(withdrawn))
  })

  it('withdraws from all of them before a destroy', () => {
    const last = nextStage('unprotected', wanting('app'), { asked: stage(granted), done: stage(granted) })
    expect(last).toEqual({ name: 'unprotected', roles: [withdrawn], only: null })
  })
})

describe("the nodes' security group", () => {
  it('is the one that EKS makes if all nodes carry it, else another that they share', () => {
    expect(nodeSecurityGroup([['sg-b', 'sg-own'], ['sg-own']], 'sg-own')).toBe('sg-own')
    expect(nodeSecurityGroup([['sg-b', 'sg-c'], ['sg-c']], 'sg-own')).toBe('sg-c')
    expect(nodeSecurityGroup([], 'sg-own')).toBeNull()
    expect(() => nodeSecurityGroup([['sg-b'], ['sg-c']], 'sg-own')).toThrow(/no security group in common/)
  })
})

describe('what a schema cannot say', () => {
  it('is found with its place', () => {
    const [group] = config.nodeGroups
    const wrong = {
      ...config,
      nodeGroups: [{ ...group!, desired: 9 }, group!],
      access: [{ principal: 'arn:aws:iam::123456789012:role/dev' }],
      endpointAccess: { public: false, private: false },
    }
    expect(clusterFaults(wrong).map(({ pointer }) => pointer)).toEqual([
      '/nodeGroups/0/desired',
      '/access/0',
      '/nodeGroups/1/name',
      '/endpointAccess',
    ])
    expect(clusterFaults(config)).toEqual([])
  })
})
