"""Times the Monte Carlo run of one scenario file in lilliput, numpy and squigglepy, in one go on one machine.

Usage: python compare.py PATH/TO/lilliput [DRAWS]

Needs Python 3.11 with numpy and squigglepy. All three draw the same distributions from the same file, compute the
total, and take mean and five quantiles. Each is timed as a user would meet it: lilliput as a whole process; the Python
ones after their imports. squigglepy is run on one core and on two, and the faster counts.
"""

import json
import resource
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import squigglepy as sq
from scipy.optimize import fsolve
from scipy.stats import beta as beta_distribution

FILE = Path(__file__).resolve().parents[3] / "examples/forecast/seven-uncertain-inputs.toml"
QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95]
FIXED = {"software": 0.5, "iaas": 0.189, "identity": 0.035, "security": 0.089}
Z95 = 1.6448536269514722


def number(value):
    if isinstance(value, str):
        text = value.replace(",", "").strip()
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    return float(value)


def parse(value):
    """The distribution of an input as (kind, numbers)."""
    if isinstance(value, str) and " to " in value:
        return "interval", [number(part) for part in value.split(" to ")]
    kind, body = next(iter(value.items()))
    if kind == "beta":
        return kind, [number(body["p5"]), number(body["p95"])]
    return kind, [number(part) for part in body]


def beta_parameters(low, high):
    def miss(log_parameters):
        alpha, beta = np.exp(log_parameters)
        return beta_distribution.cdf([low, high], alpha, beta) - [0.05, 0.95]

    return np.exp(fsolve(miss, np.log([8.0, 160.0]), xtol=1e-12))


def with_numpy(random, draws, kind, n):
    if kind == "interval":
        low, high = np.log(n)
        return random.lognormal((low + high) / 2, (high - low) / 2 / Z95, draws)
    if kind == "pert":
        low, mode, high = n
        alpha, beta = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
        return low + (high - low) * random.beta(alpha, beta, draws)
    if kind == "triangular":
        return random.triangular(*n, draws)
    if kind == "uniform":
        return random.uniform(*n, draws)
    return random.beta(*beta_parameters(*n), draws)


def with_squigglepy(kind, n):
    if kind == "interval":
        return sq.lognorm(*n)
    if kind == "pert":
        return sq.pert(*n)
    if kind == "triangular":
        return sq.triangular(*n)
    if kind == "uniform":
        return sq.uniform(*n)
    return sq.beta(*beta_parameters(*n))


def total(tam, adoption, capture, shares):
    return tam * adoption * capture * sum(FIXED[name] * share for name, share in shares.items())


def timed(work, repeats=3):
    best = None
    for _ in range(repeats):
        cpu = time.process_time()
        start = time.perf_counter()
        result = work()
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
        if best is None or wall < best[0]:
            best = (wall, cpu, result)
    return best


def run_numpy(inputs, draws):
    random = np.random.default_rng(1)
    columns = {name: with_numpy(random, draws, *spec) for name, spec in inputs.items()}
    shares = {name: columns[name] for name in FIXED}
    values = total(columns["productivity_tam"], columns["adoption"], columns["value_capture"], shares)
    return values.mean(), np.quantile(values, QUANTILES)


def run_squigglepy(inputs, draws, cores):
    distributions = {name: with_squigglepy(*spec) for name, spec in inputs.items()}
    sq.set_seed(1)
    columns = {name: sq.sample(distribution, n=draws, cores=cores) for name, distribution in distributions.items()}
    shares = {name: np.asarray(columns[name]) for name in FIXED}
    values = total(*(np.asarray(columns[name]) for name in ("productivity_tam", "adoption", "value_capture")), shares)
    return values.mean(), np.quantile(values, QUANTILES)


def run_lilliput(binary, draws):
    command = [binary, "forecast", "run", str(FILE), "--draws", str(draws), "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["total"]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    run_lilliput.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    run_lilliput.megabytes = after.ru_maxrss / 1024
    return output["mean"], [output["quantiles"][name] for name in ("p5", "p25", "p50", "p75", "p95")]


def main():
    binary, draws = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
    scenario = tomllib.loads(FILE.read_text())["scenario"]["uncertain"]
    inputs = {name: parse(scenario[name]) for name in ("productivity_tam", "adoption", "value_capture")}
    inputs |= {name: parse(value) for name, value in scenario["crypto_share"].items()}
    rows = {}
    wall, _, result = timed(lambda: run_lilliput(binary, draws), 5)
    rows["lilliput"] = (wall, run_lilliput.cpu, result)
    rows["numpy"] = timed(lambda: run_numpy(inputs, draws))
    one = timed(lambda: run_squigglepy(inputs, draws, 1))
    try:
        two = timed(lambda: run_squigglepy(inputs, draws, 2), 1)
    except Exception as error:  # Its second core needs packages and memory of its own.
        print(f"squigglepy on two cores: {error}")
        two = one
    rows["squigglepy"] = min(one, two, key=lambda row: row[0])
    print(f"{draws:,} draws of {len(inputs)} inputs; lilliput's peak memory {run_lilliput.megabytes:.0f} MiB")
    for name, (wall, cpu, (mean, quantiles)) in rows.items():
        shown = "  ".join(f"{value:8.4f}" for value in quantiles)
        ratio = wall / rows["lilliput"][0]
        print(f"{name:<11} {wall:7.3f} s wall  {cpu:7.3f} CPU-s  {ratio:5.1f}x   mean {mean:.5f}  quantiles {shown}")


if __name__ == "__main__":
    main()
