import { closed, notKnown, open, type Gate } from './gate.ts'

export const greenAnswers: Gate = {
  asks: 'does green answer on the test route as the probe expects?',
  needs: ['testRoute'],
  ask: ({ testRoute, confirmation }) => {
    if ('unknown' in testRoute) return notKnown(testRoute.unknown)
    const { none, leadsToGreenAlone, answers, asExpected, lastFault } = testRoute.value
    if (none !== undefined) {
      if (confirmation) return open(`${confirmation.by} confirmed that green answers: ${confirmation.reason}`)
      return closed(`${none}: a person has to confirm that green answers (POST confirm)`)
    }
    const numbers = { answers, asExpected }
    if (!leadsToGreenAlone) return closed("the test route does not lead to green's target group alone", numbers)
    if (asExpected === answers && answers > 0)
      return open(`${asExpected} of ${answers} answers of green were as expected`, numbers)
    return closed(`${asExpected} of ${answers} answers of green were as expected: ${lastFault ?? 'no answer'}`, numbers)
  },
}
