/**
 * Asks a broker who is alive, with nothing but a socket, so that readiness does not depend on a client under test.
 * @module
 */
import { once } from 'node:events'
import { connect } from 'node:net'

/** Metadata request, version 1, without topics: the oldest that lists brokers and the newest without flexible fields. */
function metadataRequest(): Buffer {
  const body = Buffer.alloc(14)
  body.writeInt16BE(3, 0)
  body.writeInt16BE(1, 2)
  body.writeInt32BE(1, 4)
  body.writeInt16BE(-1, 8)
  body.writeInt32BE(0, 10)
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

/** Broker ids of a complete Metadata answer, version 1. */
function brokerIds(answer: Buffer): number[] {
  const ids: number[] = []
  let at = 12
  for (let left = answer.readInt32BE(8); left > 0; left--) {
    ids.push(answer.readInt32BE(at))
    at += 4
    at += 2 + answer.readInt16BE(at)
    at += 4
    at += 2 + Math.max(0, answer.readInt16BE(at))
  }
  return ids
}

/** The ids of the brokers that the broker on this plaintext port sees alive. Rejects when it does not answer in 2 s. */
export async function liveBrokers(port: number): Promise<number[]> {
  const signal = AbortSignal.timeout(2000)
  const socket = connect({ host: '127.0.0.1', port, signal })
  try {
    await once(socket, 'connect', { signal })
    socket.write(metadataRequest())
    let answer = Buffer.alloc(0)
    while (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) {
      const [chunk]: Buffer[] = await once(socket, 'data', { signal })
      if (chunk !== undefined) answer = Buffer.concat([answer, chunk])
    }
    return brokerIds(answer)
  } finally {
    socket.destroy()
  }
}
