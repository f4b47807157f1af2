import { describeMoment } from '../windows.ts'
import { closed, open, type Gate } from './gate.ts'

/** Asked where a step moves traffic or takes blue away. Going home never asks it. */
export const windowOpen: Gate = {
  asks: 'is it the time for changes?',
  needs: [],
  ask: ({ changeTime: { open: isOpen, until } }) => {
    if (!until) return isOpen ? open('changes may be made at any time') : closed('changes may be made at no time')
    if (isOpen) return open(`changes may be made until ${describeMoment(until)}`, { until: until.at })
    return closed(`changes may be made again from ${describeMoment(until)}`, { from: until.at })
  },
}
