import { expect, it } from 'vitest'
import { nodesOf } from '../../../../infra/workloads/node-port/nodes.ts'
import { plan } from '../../../../infra/workloads/node-port/plan.ts'
import { prepared } from '../../../../automation/phases/stages.ts'
import { site } from './fixture.ts'

const known = { autoScalingGroups: ['eks-main-1'], securityGroup: 'sg-0d' }
const { greenNodes: _named, ...config } = site.config

it('takes the nodes of the cluster that was built here where the entry names none', () => {
  const built = { ...site, config, green: { ...site.green, nodes: known } }
  const { attachments, nodeIngress } = plan(built, prepared)
  expect(attachments.map(({ autoScalingGroup }) => autoScalingGroup)).toEqual(['eks-main-1'])
  expect(nodeIngress.map(({ securityGroup }) => securityGroup)).toEqual(['sg-0d', 'sg-0d'])
})

it('takes those of the entry before them', () => {
  expect(nodesOf(site.config, known)).toEqual(site.config.greenNodes)
})

it('refuses to guess where neither is known', () => {
  expect(() => nodesOf(config, undefined)).toThrow(/names no nodes/)
})
