"""Writes tournament.json: scores of a small round from the formulas of specs/tournaments.md, in Python's doubles.

    python3 specs/vectors/tournament.py > specs/vectors/tournament.json
"""

import json
import random
from statistics import NormalDist, correlation, mean

NORMAL = NormalDist()


def ranks(values):
    count = len(values)
    place = lambda value: sum(other < value for other in values) + sum(other == value for other in values) / 2
    return [place(value) / count for value in values]


def gaussian(values):
    return [NORMAL.inv_cdf(rank) for rank in ranks(values)]


def powered(values):
    return [abs(value) ** 1.5 * (1 if value >= 0 else -1) for value in values]


def dot(left, right):
    return sum(l * r for l, r in zip(left, right))


def contribution(target, prediction, meta):
    part = dot(prediction, meta) / dot(meta, meta)
    own = [p - part * m for p, m in zip(prediction, meta)]
    centred = [4 * (t - mean(target)) for t in target]
    return dot(centred, own) / len(target)


def main():
    dice = random.Random(6)
    rows = 60
    target = [dice.choice([0, 0.25, 0.5, 0.5, 0.75, 1]) for _ in range(rows)]
    predictions = {
        "careful": [t + dice.gauss(0, 1) for t in target],
        "coarse": [round(t + dice.gauss(0, 1.5)) / 4 for t in target],
        "random": [dice.random() for _ in target],
    }
    stakes = {"careful": 307, "coarse": 127, "random": 41}
    ranked = {model: ranks(values) for model, values in predictions.items()}
    staked = sum(stakes.values())
    meta = [sum(stakes[model] * ranked[model][row] for model in ranked) / staked for row in range(rows)]
    centred = [t - mean(target) for t in target]
    print(json.dumps({"cases": [{
        "name": "small",
        "ids": [f"row{row:02}" for row in range(rows)],
        "target": target,
        "predictions": predictions,
        "features": {"level": [dice.choice([0, 0.25, 0.5, 0.75, 1]) for _ in target]},
        "stakes": stakes,
        "sample_weights": [1] * rows,
        "expected": {
            "numerai_corr": {m: correlation(powered(centred), powered(gaussian(p))) for m, p in predictions.items()},
            "correlation_contribution_mmc": {
                m: contribution(target, gaussian(p), gaussian(meta)) for m, p in predictions.items()
            },
        },
    }]}, indent=1))


main()
