import { isObject, type Value } from '../properties.ts'
import { child, given, member, type Construction } from './component.ts'
import type { Registered } from './monitor.ts'

/** Access entries by name, each with its policies by name. */
export async function accessEntries(
  construction: Construction,
  cluster: Registered,
  wanted: Value | undefined,
): Promise<Registered[]> {
  const { name } = construction
  const clusterName = cluster.outputs.name
  const entries: Registered[] = []
  for (const [entryName, entry] of membersOf(wanted)) {
    const { principalArn, type, username: userName, kubernetesGroups, tags, accessPolicies } = entry
    const registered = await child(construction, {
      type: 'aws:eks/accessEntry:AccessEntry',
      name: `${name}-${entryName}`,
      inputs: given({ clusterName, principalArn, type, userName, kubernetesGroups, tags }),
      dependsOn: [cluster],
    })
    entries.push(registered)
    for (const [policyName, { accessScope, policyArn }] of membersOf(accessPolicies))
      await child(construction, {
        type: 'aws:eks/accessPolicyAssociation:AccessPolicyAssociation',
        name: `${name}-${entryName}-${policyName}`,
        parent: registered.urn,
        inputs: given({ clusterName, principalArn, accessScope, policyArn }),
        dependsOn: [registered],
      })
  }
  return entries
}

function membersOf(record: Value | undefined) {
  const known = member(record)
  return Object.entries(isObject(known) ? known : {}).map(
    ([name, value]) => [name, isObject(value) ? value : {}] as const,
  )
}
