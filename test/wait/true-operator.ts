import { type Fields, fieldsAt } from '../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../src/domain/rest.ts'
import { flinkJobId } from '../support/flink-clusters.ts'

/** How the n-th savepoint goes, in Flink. */
export interface Course {
  readonly tookMs: number
  readonly completes: boolean
}

/** A savepoint as it really went: only Flink knows. */
export interface True {
  readonly id: string
  readonly reason: string
  readonly location: string
  readonly triggeredAt: number
  readonly endsAt: number
  readonly completes: boolean
  /** The operator gave up on it: its patience was over. */
  abandoned: boolean
  /** When the object showed how it ended. */
  toldAt?: number
}

export interface Operating {
  readonly build: 'spotify' | 'gcp-9'
  readonly courses: readonly Course[]
  /** Between the annotation's removal and its trigger. */
  readonly gapMs: number
  readonly patienceMs: number
  /** The operator's clock beside everybody else's. */
  readonly skewMs: number
}

const annotation = 'flinkclusters.flinkoperator.k8s.io/user-control'

/**
 * An operator of FlinkClusters that does what it is asked, one savepoint after the other, and the Flink behind it. `tick`, its loop, looks
 * at the object and gives what it makes of it.
 */
export function trueOperator({ build, courses, gapMs, patienceMs, skewMs }: Operating) {
  const savepoints: True[] = []
  const failedGenerations = new Set<number>()
  let current: True | undefined
  /** The annotation is gone, and its trigger comes then. */
  let owed: number | undefined
  let annotated = false

  const timeAt = (now: number) => new Date(now + skewMs).toISOString().replace(/\.\d+Z/, 'Z')
  const with_ = (body: Fields, status: Fields, job: Fields = {}): Fields => {
    const old = fieldsAt(body, 'status')
    const components = fieldsAt(old, 'components')
    const newJob = { ...fieldsAt(components, 'job'), ...job }
    return { ...body, status: { ...old, ...status, components: { ...components, job: newJob } } }
  }
  const attempt = ({ id, reason, triggeredAt }: True, state: string, more: Fields = {}): Fields => ({
    ...{ state, triggerID: id, jobID: flinkJobId, triggerReason: reason },
    ...{ requestTime: timeAt(triggeredAt), triggerTime: timeAt(triggeredAt), ...more },
  })
  const control = (state: string, now: number): Fields =>
    annotated ? { control: { name: 'savepoint', state, updateTime: timeAt(now) } } : {}

  const trigger = (body: Fields, reason: string, now: number): Fields => {
    const number = savepoints.length + 1
    const course = courses[number % courses.length] ?? { tookMs: 0, completes: true }
    const id = number.toString(16).padStart(32, 'a')
    const location = `gs://bucket/orders/savepoint-ef5f05-${id.slice(-12)}`
    current = {
      id,
      reason,
      location,
      triggeredAt: now,
      endsAt: now + course.tookMs,
      completes: course.completes,
      abandoned: false,
    }
    savepoints.push(current)
    return with_(body, { savepoint: attempt(current, 'InProgress'), ...control('InProgress', now) })
  }
  const succeed = (body: Fields, done: True, now: number): Fields => {
    const generation = Number(fieldsAt(body, 'status', 'components', 'job')['savepointGeneration']) + 1
    const job = {
      savepointGeneration: generation,
      savepointLocation: done.location,
      savepointTime: timeAt(now),
    }
    done.toldAt = now
    const made = with_(body, { savepoint: attempt(done, 'Succeeded'), ...control('Succeeded', now) }, job)
    annotated = false
    return made
  }
  const fail = (body: Fields, lost: True, message: string, now: number): Fields => {
    const { spec, status } = generations(body)
    if (spec > status) failedGenerations.add(spec)
    lost.toldAt = now
    const made = with_(body, { savepoint: attempt(lost, 'Failed', { message }), ...control('Failed', now) })
    annotated = false
    return made
  }
  const poll = (body: Fields, going: True, now: number): Fields => {
    if (now >= going.endsAt) {
      current = undefined
      return going.completes
        ? succeed(body, going, now)
        : fail(body, going, 'Savepoint error: disk full', now)
    }
    if (now - going.triggeredAt < patienceMs) return body
    current = undefined
    going.abandoned = true
    return fail(body, going, 'Timed out taking savepoint.', now)
  }
  const unannotated = (body: Fields, now: number): Fields => {
    annotated = true
    owed = now + gapMs
    const metadata = fieldsAt(body, 'metadata')
    const { [annotation]: _, ...annotations } = fieldsAt(metadata, 'annotations')
    return with_({ ...body, metadata: { ...metadata, annotations } }, control('Requested', now))
  }
  return {
    savepoints,
    /** When its trigger follows the annotation that it took away. */
    get owed() {
      return owed
    },
    /** `scheduled`: one of the operator's own is due. */
    tick(body: Fields, now: number, scheduled: boolean): Fields {
      if (current) return poll(body, current, now)
      if (owed !== undefined) {
        if (now < owed) return body
        owed = undefined
        return trigger(body, 'user requested', now)
      }
      if (fieldsAt(body, 'metadata', 'annotations')[annotation] === 'savepoint') return unannotated(body, now)
      const { spec, status } = generations(body)
      // GCP's operator does nothing for a generation whose savepoint failed; Spotify's tries again for ever.
      if (spec > status && (build === 'spotify' || !failedGenerations.has(spec)))
        return trigger(body, 'user requested', now)
      return scheduled ? trigger(body, 'scheduled', now) : body
    },
    answer(question: RestQuestion, now: number): RestAnswer {
      if (question.ask !== 'savepoint') return { answer: 'version', version: '1.18.1' }
      const asked = savepoints.find(({ id }) => id === question.triggerId)
      if (!asked) return { answer: 'refused', status: 404, reason: 'unknown trigger' }
      if (now < asked.endsAt) return { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } }
      if (asked.completes)
        return { answer: 'savepoint', savepoint: { state: 'COMPLETED', location: asked.location } }
      return { answer: 'savepoint', savepoint: { state: 'FAILED', failure: { message: 'disk full' } } }
    },
  }
}

function generations(body: Fields): { spec: number; status: number } {
  const spec = Number(fieldsAt(body, 'spec', 'job')['savepointGeneration'] ?? 0)
  return { spec, status: Number(fieldsAt(body, 'status', 'components', 'job')['savepointGeneration'] ?? 0) }
}

/** What somebody else does to the object. */
export const meddling = {
  annotate(body: Fields): Fields {
    const metadata = fieldsAt(body, 'metadata')
    return {
      ...body,
      metadata: {
        ...metadata,
        annotations: { ...fieldsAt(metadata, 'annotations'), [annotation]: 'savepoint' },
      },
    }
  },
  label(body: Fields): Fields {
    const metadata = fieldsAt(body, 'metadata')
    const times = Number(fieldsAt(metadata, 'labels')['times'] ?? 0)
    return { ...body, metadata: { ...metadata, labels: { times: String(times + 1) } } }
  },
} as const
