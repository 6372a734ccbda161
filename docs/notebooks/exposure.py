# %% [markdown]
# # Exposure
#
# How much of each pool's power sits in a country? When a country loses its Internet, its machines stop, and the pools they mined
# for find fewer blocks. All outages of the record are compared at once.

# %%
import hashquake as hq

record = hq.open("bundled")
exposure = record.exposure("KZ")
exposure

# %% [markdown]
# The estimate starts from a map of where hash rate sits, as it was known on that day:

# %%
mining_map = record.map("2022-01-05")
mining_map

# %% [markdown]
# The shares with their intervals, the ten largest countries:

# %%
from matplotlib import pyplot as plt

table = mining_map.to_polars().head(10)
table

# %%
low, middle, high = (table[f"share_{name}"].to_numpy() for name in ("q5", "q50", "q95"))
figure, axes = plt.subplots(figsize=(7, 4))
axes.barh(table["country"].to_list(), middle, xerr=[middle - low, high - middle])
axes.invert_yaxis()
axes.set_xlabel("share of the network's hash rate")
figure.tight_layout()
