"""Card transactions that nobody made."""

import numpy as np
import pandas as pd

FEATURES: list[str] = ["amount", "hour", "distance_km", "payments_last_day", "days_since_first"]
LABEL = "fraud"


def transactions(rows: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    """The features and the label of so many payments; the same for the same arguments.

    Frauds, about one in ten, are large, far from home, and one of many in a day.

    :param shift: 0 is the everyday. With 1 people pay about 2.7 times as much and twice as far from home: the inputs
        change, and what makes a fraud does not.
    """
    random = np.random.default_rng(seed)
    amount = random.lognormal(mean=3.5 + shift, sigma=0.8, size=rows)
    hour = random.normal(14, 4, size=rows) % 24
    distance = random.exponential(scale=10 * (1 + shift), size=rows)
    payments = random.poisson(lam=2, size=rows).astype(float)
    days = random.uniform(0, 3000, size=rows)
    score = 1.2 * (np.log(amount) - 3.5) + 0.08 * (distance - 10) + 0.5 * (payments - 2) - 0.0003 * (days - 1500)
    fraud = score + random.normal(0, 0.5, size=rows) > 2.4
    columns = [amount, hour, distance, payments, days]
    table = pd.DataFrame(dict(zip(FEATURES, columns, strict=True)))
    table[LABEL] = fraud.astype(int)
    return table
