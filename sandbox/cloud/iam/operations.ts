import type { Operations } from '../operation.ts'
import { oidcProviders } from './oidc-providers.ts'
import { policies } from './policies.ts'
import { policyVersions } from './policy-versions.ts'
import { rolePolicies } from './role-policies.ts'
import { roleTags } from './role-tags.ts'
import { roles } from './roles.ts'
import { users } from './users.ts'

export const iam: Operations = {
  ...oidcProviders,
  ...policies,
  ...policyVersions,
  ...roles,
  ...rolePolicies,
  ...roleTags,
  ...users,
}
