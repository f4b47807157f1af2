import type { Site } from '../kind.ts'

/** A deployment of ours, by its description: what it is for, and which one the stage served before it. */
export interface OurDeployment {
  readonly role: 'green' | 'home' | 'converted'
  /** The deployment to return to. */
  readonly home: string | null
}

type Named = Pick<Site, 'migration' | 'workload'>

const marked = ({ migration, workload }: Named): string => `eks-cutover ${migration}/${workload}`

/** By this a deployment is known as ours when no record says so: deployments have no tags. */
export const descriptionOf = (site: Named, role: OurDeployment['role'], home: string): string =>
  `${marked(site)}: ${role}, before it ${home}`

/** null: somebody else's. */
export function ourDeployment(site: Named, description: string): OurDeployment | null {
  if (!description.startsWith(`${marked(site)}: `)) return null
  const [, role] = /: (green|home|converted), before it/.exec(description) ?? []
  return role === undefined ? null : { role: role as OurDeployment['role'], home: homeIn(description) }
}

export const homeIn = (description: string): string | null => /, before it (\w+)$/.exec(description)?.[1] ?? null
