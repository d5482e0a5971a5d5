"""Writes subnet_epoch.json: epochs under rule evidence-1, computed from the text of specs/subnets.md with Python's integers.

    python3 specs/vectors/subnet_epoch.py > specs/vectors/subnet_epoch.json
"""

import json
import random

ONE = 1 << 16


def speed(rule, weight, bond, majority):
    kind = rule["bond_speed"]
    if "fixed" in kind:
        return kind["fixed"]
    low, high = kind["liquid"]["low"], kind["liquid"]["high"]
    larger, smaller = (weight, min(majority, weight)) if weight >= bond else (bond, weight)
    far = (larger - smaller) * ONE // max(larger, 1)
    return low + (high - low) * (far * far * (3 * ONE - 2 * far) // ONE**2) // ONE


def epoch(rule, emission, people):
    count = range(len(people))
    enough = [one["stake"] > 0 and one["stake"] >= rule["stake_min"] for one in people]
    total = sum(one["stake"] for one, fits in zip(people, enough) if fits)
    permits = [fits and one["stake"] * rule["validators_max"] >= total for one, fits in zip(people, enough)]
    need = rule["audits_required"]

    def merit(one):
        if one["evidence"]["failed"]:
            return 0
        return 1 if need == 0 else min(one["evidence"]["passed"], need)

    voters = [uid for uid in count if permits[uid] and people[uid]["weights"] and merit(people[uid])]
    parts = {}
    for uid in voters:
        row = dict(map(tuple, people[uid]["weights"]))
        parts[uid] = {miner: min(w * 2**32 // sum(row.values()), 2**32 - 1) for miner, w in row.items()}
    voting = sum(people[uid]["stake"] for uid in voters)
    consensus = []
    for miner in count:
        reached = [0]
        for weight in {parts[uid].get(miner, 0) for uid in voters}:
            support = sum(people[uid]["stake"] for uid in voters if parts[uid].get(miner, 0) >= weight)
            if support * ONE > voting * rule["majority"]:
                reached.append(weight)
        consensus.append(max(reached))
    clipped = {uid: {m: min(w, consensus[m]) for m, w in parts[uid].items()} for uid in voters}
    gathered = [sum(people[uid]["stake"] * clipped[uid].get(m, 0) for uid in voters) for m in count]
    everything = sum(gathered)

    penalty = ONE if rule["excess_penalty"] == ONE - 1 else rule["excess_penalty"]
    bonds = []
    for uid in count:
        old = dict(map(tuple, people[uid]["bonds"]))
        new = {}
        for m in sorted(set(old) | set(parts.get(uid, {}))):
            weight, bond = parts.get(uid, {}).get(m, 0), old.get(m, 0)
            target = weight - (weight - clipped.get(uid, {}).get(m, 0)) * penalty // ONE
            s = speed(rule, weight, bond, consensus[m])
            moved = (bond * (ONE - s) + target * s) // ONE
            if moved:
                new[m] = moved
        bonds.append(new)

    owner = emission * rule["owner_part"] // ONE
    for_validators = (emission - owner) * rule["validators_part"] // ONE
    for_miners = emission - owner - for_validators
    part = lambda amount, m: amount * gathered[m] // everything if everything else 0
    incentives = [part(for_miners, m) for m in count]
    pools = [part(for_validators * 2**14, m) for m in count]
    claim = lambda uid, m: people[uid]["stake"] * merit(people[uid]) * bonds[uid].get(m, 0)
    burn = rule["burn_uid"]
    dividends = [0 for _ in count]
    for uid in voters:
        got = 0
        for m in bonds[uid]:
            claims = sum(claim(other, m) for other in voters)
            if m != burn and claims:
                got += pools[m] * claim(uid, m) // claims
        dividends[uid] = got // 2**14
    burned = owner_burned = 0
    if burn is not None and burn < len(people):
        owner_burned = part(owner, burn)
        burned = incentives[burn] + pools[burn] // 2**14 + owner_burned
        incentives[burn] = 0
    owner = owner - owner_burned if everything else 0
    return {
        "permits": permits,
        "consensus": consensus,
        "incentives": incentives,
        "dividends": dividends,
        "bonds": [sorted(map(list, row.items())) for row in bonds],
        "owner": owner,
        "burned": burned,
        "carried": emission - owner - burned - sum(incentives) - sum(dividends),
    }


def people_at_random(dice, count):
    def row(largest, without):
        uids = [uid for uid in range(count) if uid != without and dice.random() < 0.7]
        return [[uid, dice.randint(1, largest)] for uid in uids]

    return [
        {
            "stake": dice.choice([0, dice.randint(1, 9), dice.randint(1, 1 << 50)]),
            "evidence": {"passed": dice.randint(0, 9), "failed": int(dice.random() < 0.1)},
            "weights": row(ONE - 1, uid),
            "bonds": row((1 << 32) - 1, None),
        }
        for uid in range(count)
    ]


def main():
    dice = random.Random(5)
    steps = []
    while len(steps) < 16:
        low, high = sorted([dice.randint(0, ONE - 1), dice.randint(0, ONE - 1)])
        rule = {
            "validators_max": dice.choice([4, 64, 4096, 65535]),
            "stake_min": dice.choice([0, 3]),
            "majority": dice.choice([1 << 15, dice.randint(0, ONE - 1)]),
            "audits_required": dice.choice([0, 8]),
            "excess_penalty": dice.choice([0, ONE - 1, dice.randint(0, ONE - 1)]),
            "bond_speed": dice.choice([{"fixed": low}, {"liquid": {"low": low, "high": high}}]),
            "owner_part": dice.choice([0, 5898]),
            "validators_part": 1 << 15,
            "burn_uid": dice.choice([None, 1]),
        }
        people = people_at_random(dice, dice.randint(3, 8))
        emission = dice.choice([1_000_000_000, 1 << 62])
        output = epoch(rule, emission, people)
        if sum(dividend > 0 for dividend in output["dividends"]) > 1:
            step = {"rule": rule, "emission": emission, "participants": people}
            steps.append({"label": str(len(steps)), "input": step, "output": output})
    body = ",\n".join(json.dumps(step, separators=(",", ":")) for step in steps)
    print('{"cases":[{"name":"random","steps":[\n' + body + "\n]}]}")


main()
