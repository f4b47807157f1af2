import { openAccess } from '../../api/auth/access.ts'

/** What the application is built with where nobody has to say who they are, as with `CUTOVER_AUTH=off`; tests ask fast. */
export const openDoor = { access: openAccess, requestsPerSecond: 100_000, trustedProxies: [] } as const
