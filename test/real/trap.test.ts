import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf } from './trap/answers.ts'
import { startRealSide } from './trap/real.ts'
import type { Side } from './trap/side.ts'
import { startSimulatedSide } from './trap/simulated.ts'
import { stories, type Story } from './trap/stories.ts'

/**
 * The load-balancer controller 2.4.5 on kube-apiserver 1.24.17, twice, and the sandbox's clusters with its own, each pair
 * in an AWS of the sandbox. The same steps on both; where they differ, the sandbox is wrong.
 */
const starting: Promise<Side>[] = []
let real: Side
let simulated: Side

beforeAll(async () => {
  starting.push(startRealSide(), startSimulatedSide())
  ;[real, simulated] = (await Promise.all(starting)) as [Side, Side]
}, 120_000)
afterAll(async () => {
  for (const started of await Promise.allSettled(starting))
    if (started.status === 'fulfilled') await started.value.stop()
})

const writesOf = async (side: Side, story: Story): Promise<string[]> => {
  side.aws.forget()
  await story.run(side).catch((error: Error) => {
    throw new Error(`${side.name}: ${error.message}\n${side.aws.writes().join('\n')}`)
  })
  return side.aws.writes()
}

const both = <T>(act: (side: Side) => Promise<T>): Promise<[T, T]> => Promise.all([act(real), act(simulated)])

const sorted = (line: string) => line.split(' ').sort().join(' ')

function sideBySide(left: readonly string[], right: readonly string[]): string {
  const lines = [
    ['real 2.4.5', 'simulated'],
    ...Array.from({ length: Math.max(left.length, right.length) }, (_, row) => [left[row] ?? '', right[row] ?? '']),
  ]
  const width = Math.max(...lines.map(([text = '']) => text.length))
  return lines.map(([one = '', other = '']) => `  ${one.padEnd(width)}  | ${other}`).join('\n')
}

describe('what is written to AWS', () => {
  it.each(stories)('$title', async (story) => {
    const [ofReal, ofSimulated] = await both((side) => writesOf(side, story))
    console.log(`${story.title}\n${sideBySide(ofReal, ofSimulated)}`)
    const comparable = (lines: readonly string[]) => (story.anyOrderWithin ? lines.map(sorted) : lines)
    expect(comparable(ofReal), 'the real controllers').toEqual(comparable(story.writes))
    expect(comparable(ofSimulated), 'the simulated controllers').toEqual(comparable(ofReal))
  })
})

it('what the API server answers to requests for bindings', async () => {
  const [ofReal, ofSimulated] = await both(answersOf)
  for (const [title, answer] of Object.entries(ofReal)) {
    const other = ofSimulated[title] ?? ''
    console.log(`${title}\n  real 2.4.5  ${answer}\n  simulated   ${other === answer ? 'the same' : other}`)
  }
  expect(ofSimulated).toEqual(ofReal)
})
