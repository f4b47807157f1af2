import { closed, notKnown, open, type Gate } from './gate.ts'

/** Two clusters' controllers on one target group empty it of each other's pods. */
export const groupsApart: Gate = {
  asks: "is blue's target group bound by blue alone?",
  needs: ['strangers'],
  ask: ({ strangers }) => {
    if ('unknown' in strangers) return notKnown(strangers.unknown)
    const names = strangers.value
    if (names.length === 0) return open("no binding in green names blue's target group")
    const sentence = `green binds blue's target group (${names.join(', ')}): each controller removes the other's targets`
    return closed(sentence, { bindings: names.length })
  },
}
