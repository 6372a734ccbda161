# %% [markdown]
# # What if
#
# Which block times, which next difficulty and which revenue would follow if a country went dark? A scenario states what stops and
# when it returns; thousands of networks are mined under it.

# %%
import hashquake as hq

record = hq.open("bundled")
simulated = record.simulate("kazakhstan-2022", paths=2_000, seed=1)
simulated

# %% [markdown]
# How far the next difficulty moves over the simulated networks: 1 means no change.

# %%
from matplotlib import pyplot as plt

ratio = simulated.to_polars()["ratio_1"].drop_nulls()
figure, axes = plt.subplots(figsize=(7, 3.5))
axes.hist(ratio.to_numpy(), bins=40)
axes.set_xlabel("next difficulty over the present one")
axes.set_ylabel("simulated networks")
figure.tight_layout()

# %%
ratio.describe()

# %% [markdown]
# Without any scenario the same model is the forecast of the next difficulty:

# %%
forecast = record.forecast(store=False)
print(f"block {forecast.height}")
forecast.next_difficulty_ratio
