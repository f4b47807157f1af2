import { expect, it } from 'vitest'
import { noCluster, type ClusterRecord } from '../../../automation/cluster/record.ts'
import { clusterStateOf, greenOf } from '../../../automation/cluster/state.ts'
import { parseInventory } from '../../../automation/inventory.ts'
import type { Migration } from '../../../automation/migration.ts'
import type { InventoryInvalid } from '../../../automation/errors.ts'
import { built, config } from '../../infra/cluster/fixture.ts'

const document = (green: object) => ({
  migration: 'prod-2026',
  aws: { region: 'eu-central-1' },
  blue: { cluster: 'shop-blue', kubeconfig: '/blue' },
  green,
  workloads: {},
})

const migrationOf = (green: object, cluster: ClusterRecord | null): Migration => ({
  name: 'prod-2026',
  inventory: parseInventory(document(green)),
  cluster,
  createdAt: 0,
  updatedAt: 0,
})

const outputs = {
  clusterName: 'shop-green',
  version: '1.33',
  endpoint: 'https://green',
  certificateAuthority: '',
  oidcProviderArn: '',
  nodeSecurityGroupId: null,
  autoScalingGroups: ['eks-main'],
}
const up: ClusterRecord = { ...noCluster, asked: built, done: built, outputs, kubeconfig: '/data/green.kubeconfig' }

it('is built when what was asked for is what was brought up, and incomplete in between', () => {
  const stateOf = (cluster: ClusterRecord | null) => clusterStateOf(migrationOf(config, cluster))
  expect(stateOf(null)).toBe('not-built')
  expect(stateOf({ ...noCluster, asked: built })).toBe('incomplete')
  expect(stateOf(up)).toBe('built')
  expect(stateOf({ ...up, asked: { ...built, name: 'unprotected' } })).toBe('incomplete')
  expect(clusterStateOf(migrationOf({ cluster: 'shop-green', kubeconfig: '/green' }, null))).toBe('given')
})

it('is where its kubeconfig is, with the nodes that are known; and nowhere before it is up or while it goes', () => {
  expect(greenOf(migrationOf({ cluster: 'shop-green', kubeconfig: '/green' }, null))).toEqual({
    name: 'shop-green',
    kubeconfig: '/green',
  })
  expect(greenOf(migrationOf(config, null))).toBeNull()
  expect(greenOf(migrationOf(config, { ...up, outputs: null }))).toBeNull()
  expect(greenOf(migrationOf(config, up))).toEqual({
    name: 'shop-green',
    kubeconfig: '/data/green.kubeconfig',
    nodes: { autoScalingGroups: ['eks-main'] },
  })
})

const faultsOf = (green: object): string[] => {
  try {
    parseInventory(document(green))
    return []
  } catch (error) {
    return ((error as InventoryInvalid).details['faults'] as { pointer: string }[]).map(({ pointer }) => pointer)
  }
}

it('is named or described, never both, and every unknown key has its place', () => {
  expect(faultsOf({ ...config, kubeconfig: '/green' })).toEqual(['/green/kubeconfig'])
  expect(faultsOf({ cluster: 'shop-green' })).toContain('/green')
  expect(faultsOf({ ...config, nodes: 3 })).toEqual(['/green/nodes'])
  expect(faultsOf({ ...config, cluster: 'shop-blue' })).toEqual(['/green/cluster'])
  expect(faultsOf({ ...config, nodeGroups: [{ ...config.nodeGroups[0], desired: 9 }] })).toEqual([
    '/green/nodeGroups/0/desired',
  ])
})
