import { expect, it } from 'vitest'
import { blueGroupsOf, strangersIn } from '../../../automation/cluster/blue-groups.ts'
import type { Binding, ClusterReads } from '../../../infra/kubernetes/reads.ts'
import { found, states, workloadIn } from '../fixture.ts'

const registered = workloadIn(states.registered)
const adopted = workloadIn(states.adopted)
const [group] = found.blueGroups
const named = (registered.entry as unknown as { blueTargetGroup: string }).blueTargetGroup

const binding = (targetGroupArn: string, multiCluster = false): Binding => ({
  namespace: 'shop',
  name: 'search',
  targetGroupArn,
  service: { name: 'search', port: 80 },
  multiCluster,
  labels: {},
})

const green = (...bindings: Binding[]): ClusterReads => ({
  bindings: async () => bindings,
  nodePorts: async () => null,
  readyEndpoints: async () => 0,
})

it('knows the groups of entries that nobody looked at yet, and afterwards what was found, each once', () => {
  expect(blueGroupsOf([registered])).toEqual([{ arn: named, multiCluster: false }])
  expect(blueGroupsOf([adopted, adopted])).toEqual(found.blueGroups)
})

it('finds every binding in green that names one of them', async () => {
  const arn = group?.arn ?? ''
  const others = binding(`${arn}-of-green`)
  expect(await strangersIn(green(others), [{ arn, multiCluster: false }])).toEqual([])
  expect(await strangersIn(green(others, binding(arn)), [{ arn, multiCluster: false }])).toEqual([
    { binding: 'shop/search', targetGroup: arn },
  ])
})

it('lets a group be shared when both sides bind it in multi-cluster mode, and not when one does', async () => {
  const shared = { arn: 'arn:shared', multiCluster: true }
  expect(await strangersIn(green(binding('arn:shared', true)), [shared])).toEqual([])
  expect(await strangersIn(green(binding('arn:shared')), [shared])).toHaveLength(1)
  expect(await strangersIn(green(binding('arn:shared', true)), [{ ...shared, multiCluster: false }])).toHaveLength(1)
})
