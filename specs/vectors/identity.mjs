// Makes identity.json: check-ins at apps of two chains of tests, with the public Semaphore client. In the folder of semaphore.mjs:
//
//   cp PATH/specs/vectors/identity.mjs . && node identity.mjs CHAIN CHAIN > PATH/specs/vectors/identity.json
//
// The chains are those of the tests: `cargo test -p lilliput-modules --test it identity_chain -- --nocapture` and
// `cargo test -p lilliput-cli --test it identity_chain -- --nocapture` print them. Scopes are computed here anew, from the
// specification.
import { blake3 } from "@noble/hashes/blake3"
import { Group } from "@semaphore-protocol/group"
import { Identity } from "@semaphore-protocol/identity"
import { generateProof, verifyProof } from "@semaphore-protocol/proof"

const member = (number) => new Identity(`lilliput vector member ${number}`)

const little = (number) => {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(number), true)
    return bytes
}

const scopeOf = (chain, app, period) => {
    const parts = Uint8Array.from([...Buffer.from(chain, "hex"), ...little(app), ...little(period)])
    const hash = blake3(parts, { context: "lilliput 2026 v1 identity scope" })
    return BigInt("0x" + Buffer.from(hash).toString("hex"))
}

const proofs = []
// `members` are numbers of identities, null where a member was removed.
const prove = async (name, chain, app, period, members, number, message) => {
    const group = new Group()
    members.forEach((other) => group.addMember(member(other ?? 0).commitment))
    members.forEach((other, place) => other === null && group.removeMember(place))
    const depth = Math.max(group.depth, 1)
    const stem = `node_modules/@zk-kit/semaphore-artifacts/semaphore-${depth}`
    const artifacts = { wasm: `${stem}.wasm`, zkey: `${stem}.zkey` }
    const scope = scopeOf(chain, app, period)
    const proof = await generateProof(member(number), group, message, scope, depth, artifacts)
    if (!(await verifyProof(proof))) {
        throw new Error(`the client refuses its own proof: ${name}`)
    }
    proofs.push({ name, chain, app, period, members, member: number, proof })
}

const [rules, network] = process.argv.slice(2)
const three = [0, 1, 2]
await prove("first", rules, 1, 0, three, 1, "first")
await prove("again", rules, 1, 0, three, 1, "second")
await prove("other member", rules, 1, 0, three, 2, "first")
await prove("other app", rules, 2, 0, three, 1, "first")
await prove("next period", rules, 1, 1, three, 1, "first")
await prove("rotated", rules, 1, 1, [0, 11, 2], 11, "first")
await prove("rotated early", rules, 1, 0, [0, 11, 2], 11, "first")
await prove("after removal", rules, 1, 0, [0, null, 2], 2, "first")
await prove("outsider", rules, 1, 0, [0, 1, 2, 9], 9, "first")
await prove("network: first", network, 1, 0, three, 1, "first")
await prove("network: again", network, 1, 0, three, 1, "second")
await prove("network: other app", network, 2, 0, three, 1, "first")
await prove("network: last", network, 1, 0, three, 2, "first")
await prove("network: after removal", network, 1, 0, [0, null, 2], 2, "first")

process.stdout.write(JSON.stringify({
    source: "@semaphore-protocol/{identity,group,proof} 4.14.3, @zk-kit/semaphore-artifacts 4.13.0, @noble/hashes 1 (MIT)",
    scopes: [[rules, 1, 0], [rules, 1, 1], [network, 7, 123456789012]].map(([chain, app, period]) => ({
        chain, app, period, scope: String(scopeOf(chain, app, period))
    })),
    proofs
}, null, 1) + "\n")
process.exit(0)
