import { parseInventory } from '../../automation/inventory.ts'
import { policyOf } from '../../automation/policies.ts'
import { documentOf } from '../../infra/policies/document.ts'
import type { ClusterGrant, Grant } from '../../infra/policies/grant.ts'
import { officialAlone } from '../../infra/policies/ours.ts'
import type { Access } from '../../sandbox/kubernetes/server/authorization.ts'
import type { Act } from '../support/iam/acts.ts'
import { allowing } from '../support/iam/evaluate.ts'
import type { Subject } from './subject.ts'

/**
 * Where the generated rights and what was asked of AWS and the clusters differ: asked for and not allowed; allowed and never asked
 * for, without a reason. `official`: with the official plugins, which leave out what the stand-ins ask for and the other way round.
 */
export async function policyFaults({ document, rights }: Subject, official: boolean): Promise<readonly string[]> {
  const policy = policyOf(parseInventory(document))
  const [service, plugins] = [await rights.acts('service'), await rights.acts('plugins')]
  return [
    ...actFaults('service', policy.service, service, false),
    ...actFaults('plugins', policy.plugins, plugins, official),
    ...(['blue', 'green'] as const).flatMap((colour) =>
      accessFaults(colour, policy.clusters[colour], rights.accesses(colour), official),
    ),
  ]
}

function actFaults(who: string, grants: readonly Grant[], acts: readonly Act[], official: boolean): string[] {
  const document = documentOf(grants)
  const denied = acts.filter((act) => allowing(document, act).length === 0)
  const isAsked = (grant: Grant, action: string): boolean => {
    const alone = documentOf([{ ...grant, actions: [action] }])
    return acts.some((act) => allowing(alone, act).length > 0)
  }
  const idle = grants.flatMap((grant) =>
    grant.actions
      .filter((action) => {
        const asked = isAsked(grant, action)
        // what died may have left something to remove, what the official plugin alone asks for no stand-in does
        return grant.seldom === undefined
          ? !asked
          : asked && grant.seldom === officialAlone && !isElsewhere(grants, grant, action)
      })
      .map(
        (action) =>
          `${who}: ${action} of ${grant.sid} is ${grant.seldom === undefined ? 'never asked for' : 'no rare right'}`,
      ),
  )
  return [...denied.map((act) => `${who} may not ${JSON.stringify(act)}`), ...(official ? [] : idle)]
}

/** The same right with wider use is granted beside it. */
const isElsewhere = (grants: readonly Grant[], grant: Grant, action: string): boolean =>
  grants.some((other) => other !== grant && other.seldom === undefined && other.actions.includes(action))

function accessFaults(
  colour: string,
  grants: readonly ClusterGrant[],
  accesses: readonly Access[],
  official: boolean,
): string[] {
  const allows = (grant: ClusterGrant, { verb, resource, namespace, subresource }: Access): boolean =>
    grant.verbs.includes(verb) &&
    grant.group === resource?.group &&
    grant.resource === resource.plural &&
    subresource === undefined &&
    (grant.namespace === null || grant.namespace === namespace)
  const denied = accesses
    .filter(({ resource, verb, path }) => resource !== undefined || verb !== 'get' || !isPublic(path))
    .filter((access) => !grants.some((grant) => allows(grant, access)))
  const idle = grants
    .filter(({ seldom }) => seldom === undefined)
    .flatMap((grant) =>
      grant.verbs
        .filter((verb) => !accesses.some((access) => access.verb === verb && allows(grant, access)))
        .map((verb) => `${colour}: ${verb} ${grant.resource} is never asked for`),
    )
  const said = ({ verb, path, resource }: Access) => `${colour}: may not ${verb} ${resource?.plural ?? ''} ${path}`
  return [...denied.map(said), ...(official ? [] : idle)]
}

/** What the built-in role `system:discovery` lets everybody read who is let in. */
const isPublic = (path: string): boolean => /^\/(apis?|openapi|version|healthz|livez|readyz)(\/|$)/.test(path)
