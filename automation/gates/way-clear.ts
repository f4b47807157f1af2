import { closed, notKnown, open, type Gate } from './gate.ts'

/** Each kind of switch has its own: a canary of somebody else's, edits nobody deployed, a group that would replace its nodes. */
export const wayClear: Gate = {
  asks: 'is nothing else in the way of this switch?',
  needs: ['obstacles'],
  ask: ({ obstacles }) => {
    if ('unknown' in obstacles) return notKnown(`what is in the way could not be read: ${obstacles.unknown}`)
    const sentences = obstacles.value
    if (sentences.length === 0) return open('nothing is in the way')
    return closed(sentences.join('; '), { obstacles: sentences.length })
  },
}
