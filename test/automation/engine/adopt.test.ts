import { expect, it } from 'vitest'
import { adopt } from '../../../automation/engine/adopt.ts'

const role = { urn: 'urn:role', inputs: { name: 'nodes' }, type: 'aws:iam/role:Role' }
const cluster = { urn: 'urn:cluster', inputs: { name: 'green' }, type: 'aws:eks/cluster:Cluster', parent: 'urn:role' }
const checkpoint = {
  version: 3,
  deployment: {
    manifest: { time: 'then' },
    resources: [role],
    pending_operations: [
      { type: 'creating', resource: cluster },
      { type: 'creating', resource: { ...cluster, urn: 'urn:other' } },
      { type: 'updating', resource: role },
    ],
  },
}

it('makes a resource of what exists, behind all others, and forgets the rest', () => {
  expect(adopt(checkpoint, [{ urn: 'urn:cluster', id: 'green' }])).toEqual({
    version: 3,
    deployment: {
      manifest: { time: 'then' },
      resources: [role, { ...cluster, id: 'green', outputs: { name: 'green' } }],
    },
  })
})

it('never makes a second resource of one that is being changed', () => {
  expect(adopt(checkpoint, [{ urn: 'urn:role', id: 'nodes' }]).deployment.resources).toEqual([role])
})
