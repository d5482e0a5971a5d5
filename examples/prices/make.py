"""Makes prices.csv and signals.csv: `python3 examples/prices/make.py`, the same bytes on every machine.

A synthetic series, not a market: 200 days whose daily change is a drift of 0.6 % either way, which turns round every 12 to
35 days, and noise of up to 1.5 %. All in whole numbers (parts of a million, cents), drawn by SplitMix64 from seed 2026.

Four entrants commit an hour before each price, knowing those before it:

    good    follows the mean of the last three changes, leverage by its size: 0.5, 1.0 or 1.5
    random  long, short or flat, leverage 0.25 to 1.5
    copier  a day later what `good` had the day before
    bold    five times long or short by the last change
"""

from pathlib import Path

FOLDER = Path(__file__).parent
DAYS = 200
DAY = 86_400
START = 1_735_689_600  # 2025-01-01
MASK = (1 << 64) - 1


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return ((mixed ^ (mixed >> 31)) >> 11) % bound


def make_prices():
    random = Random(2026)
    price, drift, remaining = 185_000, 6_000, 20
    prices = []
    for _ in range(DAYS):
        prices.append(price)
        if remaining == 0:
            drift, remaining = -drift, 12 + random.below(24)
        remaining -= 1
        # Two draws make small changes likelier than large ones.
        noise = random.below(15_001) + random.below(15_001) - 15_000
        price += price * (drift + noise) // 1_000_000
    return prices


def sign(number):
    return (number > 0) - (number < 0)


def good(prices, day):
    if day < 4:
        return 0
    trend = (prices[day - 1] - prices[day - 4]) * 10_000 // prices[day - 4]
    size = 500 if abs(trend) < 100 else 1_000 if abs(trend) < 250 else 1_500
    return sign(trend) * size


def make_signals(prices):
    random = Random(7)
    held = {}
    for day in range(1, DAYS):
        wanted = {"good": good(prices, day)}
        draw = random.below(3) - 1
        wanted["random"] = draw * (250 + 25 * random.below(51))
        if day > 1:
            wanted["copier"] = good(prices, day - 1)
        if day > 1:
            wanted["bold"] = 5_000 * (sign(prices[day - 1] - prices[day - 2]) or 1)
        for name, leverage in wanted.items():
            if held.get(name, 0) != leverage:
                held[name] = leverage
                yield START + day * DAY - 3_600, name, leverage


def thousandths(number):
    return f"{'-' if number < 0 else ''}{abs(number) // 1000}.{abs(number) % 1000:03}"


def main():
    prices = make_prices()
    rows = [f"{START + day * DAY},{price // 100}.{price % 100:02}" for day, price in enumerate(prices)]
    (FOLDER / "prices.csv").write_text("\n".join(["time,price", *rows, ""]))
    rows = [f"{time},{name},{thousandths(leverage)}" for time, name, leverage in make_signals(prices)]
    (FOLDER / "signals.csv").write_text("\n".join(["time,entrant,leverage", *rows, ""]))


main()
