import { closed, notKnown, open, type Gate } from './gate.ts'

/** Watches the load balancer and not the switch: a client that keeps its connection, or an old answer of DNS, goes on to blue. */
export const blueIdle: Gate = {
  asks: 'does the load balancer count nothing more for blue?',
  needs: ['blueTraffic'],
  ask: ({ blueTraffic }) => {
    if ('unknown' in blueTraffic) return notKnown(`blue's counters could not be read: ${blueTraffic.unknown}`)
    const traffic = blueTraffic.value
    if ('none' in traffic) return open(`it cannot be told (${traffic.none}); blue-settled and a person answer for it`)
    const { requests, minutes } = traffic
    if (requests === 0)
      return open(`nothing came to blue in the last ${minutes} minutes counted`, { requests, minutes })
    return closed(`${requests} requests came to blue in the last ${minutes} minutes counted`, { requests, minutes })
  },
}
