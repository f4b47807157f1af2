import { closed, notKnown, open, type Gate } from './gate.ts'

export const greenReady: Gate = {
  asks: "does green's cluster answer, and is the workload running there?",
  needs: ['greenEndpoints'],
  ask: ({ greenEndpoints }) => {
    if ('unknown' in greenEndpoints) return notKnown(greenEndpoints.unknown)
    const ready = greenEndpoints.value
    if (ready === 0)
      return closed('its Service has no ready endpoint in green: deploy the workload there first', { ready })
    return open(`its Service has ${ready} ready ${ready === 1 ? 'endpoint' : 'endpoints'} in green`, { ready })
  },
}
