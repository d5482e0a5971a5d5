// Makes semaphore.json with the public Semaphore client and its published circuits. From an empty folder:
//
//   npm install --ignore-scripts @semaphore-protocol/identity@4.14.3 @semaphore-protocol/group@4.14.3 \
//     @semaphore-protocol/proof@4.14.3 @zk-kit/semaphore-artifacts@4.13.0
//   cp PATH/specs/vectors/semaphore.mjs . && node semaphore.mjs > PATH/specs/vectors/semaphore.json
//
// Identities are made from fixed texts, so everything is the same each time except for the points of the proofs, which the
// client draws anew.
import { Group } from "@semaphore-protocol/group"
import { Identity } from "@semaphore-protocol/identity"
import { generateProof, verifyProof } from "@semaphore-protocol/proof"

const member = (number) => new Identity(`lilliput vector member ${number}`)

const artifacts = (depth) => {
    const stem = `node_modules/@zk-kit/semaphore-artifacts/semaphore-${depth}`
    return { wasm: `${stem}.wasm`, zkey: `${stem}.zkey` }
}

const seen = (group) => ({
    members: group.members.map(String),
    root: String(group.root),
    depth: group.depth
})

const groups = []
for (let size = 1; size <= 9; size += 1) {
    const group = new Group()
    for (let number = 0; number < size; number += 1) {
        group.addMember(member(number).commitment)
    }
    groups.push(seen(group))
    group.removeMember(size >> 1)
    groups.push(seen(group))
    if (size > 1) {
        group.updateMember(0, member(100 + size).commitment)
        groups.push(seen(group))
    }
}

// What the client makes of messages and scopes.
const texts = ["lilliput", "a", "1", "0", "0x10", "äöü", "exactly thirty-one bytes long!!",
    "115792089237316195423570985008687907853269984665640564039457584007913129639935"]

const proofs = []
const prove = async (size, number, message, scope, depth) => {
    const group = new Group()
    for (let other = 0; other < size; other += 1) {
        group.addMember(member(other).commitment)
    }
    const proof = await generateProof(member(number), group, message, scope, depth, artifacts(depth))
    if (!(await verifyProof(proof))) {
        throw new Error(`the client refuses its own proof at depth ${depth}`)
    }
    proofs.push({ size, member: number, message: String(message), scope: String(scope), proof })
}

for (let depth = 1; depth <= 32; depth += 1) {
    // A tree as deep as the circuit while groups are small, then shallower ones.
    const size = depth <= 4 ? 1 << depth : 5 + (depth % 7)
    await prove(size, depth % size, texts[depth % texts.length], texts[(depth + 3) % texts.length], depth)
}
// The same member in the same scope, with another message and in another group; the same member in another scope.
await prove(5, 2, "hello", "lilliput", 3)
await prove(6, 2, "goodbye", "lilliput", 3)
await prove(5, 2, "hello", "elsewhere", 3)
// A group of one: the root is the member.
await prove(1, 0, "alone", "lilliput", 1)

const { toBigInt, encodeBytes32String } = await import("ethers")
const value = (text) => {
    try {
        return String(toBigInt(text))
    } catch {
        return String(toBigInt(encodeBytes32String(text)))
    }
}

process.stdout.write(JSON.stringify({
    source: "@semaphore-protocol/{identity,group,proof} 4.14.3, @zk-kit/semaphore-artifacts 4.13.0 (MIT)",
    commitments: Array.from({ length: 12 }, (_, number) => String(member(number).commitment)),
    texts: texts.map((text) => ({ text, value: value(text) })),
    groups,
    proofs
}, null, 1) + "\n")
process.exit(0)
