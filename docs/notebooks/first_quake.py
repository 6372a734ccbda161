# %% [markdown]
# # The first quake
#
# From the bundled record of real blocks to one fall of hash rate and its size. Nothing is downloaded.

# %%
import hashquake as hq

record = hq.open("bundled")
record.coverage()

# %% [markdown]
# The catalog is what detectors concluded from these blocks. Each row has its advertised rate of false alarms.

# %%
quakes = record.quakes()
quakes

# %% [markdown]
# In April 2021 a flooded mine in Xinjiang took power from miners. The hash rate by day, with the interval that holds it with
# 90 %, and its mean over seven days:

# %%
rates = record.rates("2021-03-20", "2021-05-20")
axes = rates.plot()
axes.set_title("Hash rate, March to May 2021")
axes.figure.autofmt_xdate()

# %% [markdown]
# One day has some 144 blocks, so the interval of a day is wide. The report of the event compares the days of the blackout with the
# days before it, and says how often a fall like that comes by chance.

# %%
incident = record.report("xinjiang-2021")
print(f"{incident.network.n_blocks} blocks, {incident.network.expected_blocks:.0f} expected")
incident.network.predictive_share

# %% [markdown]
# Which causes are likely, and why:

# %%
import polars as pl

pl.DataFrame(
    {
        "cause": [cause.name for cause in incident.causes],
        "probability": [round(cause.probability, 3) for cause in incident.causes],
    }
)
