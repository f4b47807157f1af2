import { stringify } from 'yaml'
import { documentOf } from '../infra/policies/document.ts'
import type { Policy } from '../infra/policies/grant.ts'
import { manifestsOf } from '../infra/policies/manifests.ts'
import { kindOf } from '../infra/workloads/kinds.ts'
import type { Inventory } from './inventory.ts'

/** Of clusters that are built here EKS makes the groups' names: `eks-`, the node group's name, a UUID. */
const groupsOfEks = ['eks-*']

/** The rights that a migration takes: those of all its workloads. */
export function policyOf({ migration, aws, green, workloads }: Inventory): Policy {
  const greenGroups = 'kubeconfig' in green ? ['*'] : groupsOfEks
  return sumOf(
    Object.values(workloads).map((entry) =>
      kindOf(entry.kind).policy(entry, { migration, region: aws.region, greenGroups }),
    ),
  )
}

const sumOf = (policies: readonly Policy[]): Policy => ({
  service: policies.flatMap(({ service }) => service),
  plugins: policies.flatMap(({ plugins }) => plugins),
  clusters: {
    blue: policies.flatMap(({ clusters }) => clusters.blue),
    green: policies.flatMap(({ clusters }) => clusters.green),
  },
})

/** What can be had of a policy, by the name of a file: as AWS takes it, and as `kubectl apply -f` does. */
export const policyTexts = {
  'service.json': ({ service }: Policy) => json(documentOf(service)),
  'plugins.json': ({ plugins }: Policy) => json(documentOf(plugins)),
  'blue.yaml': ({ clusters }: Policy) => yaml(manifestsOf(clusters.blue)),
  'green.yaml': ({ clusters }: Policy) => yaml(manifestsOf(clusters.green)),
} as const

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** A document each. */
const yaml = (values: readonly unknown[]): string =>
  values.map((value) => `---\n${stringify(value, { aliasDuplicateObjects: false })}`).join('')
