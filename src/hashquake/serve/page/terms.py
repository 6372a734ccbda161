"""What the terms of the page mean, each in a sentence or two that needs no statistics."""

from hashquake.serve.language import message

TERMS = {
    message("hash rate"): message(
        "How many guesses a second all miners make together to find the next block. Nobody "
        "can see it; it is inferred from how fast blocks come."
    ),
    message("interval"): message(
        "The true value lies in such a range 9 times out of 10. Blocks come at random, so "
        "no number from them is exact."
    ),
    message("band"): message(
        "The pale area around the line: the true value lies in it 9 times out of 10."
    ),
    message("quake"): message(
        "A fall of hash rate that luck and slow drift alone would rarely produce."
    ),
    message("outage"): message("A time in which a country, or a part of it, lost its Internet."),
    message("onset"): message(
        "When it began. Blocks come every ten minutes on average, so this is a range of times."
    ),
    message("luck and drift"): message(
        "What is always there: blocks come at random, and miners come and go slowly. A fall"
        " is worth reporting only when this explains it badly."
    ),
    message("false alarms"): message(
        "How often a year the same rule would raise an alarm although nothing broke."
    ),
    message("revision"): message(
        "A changed opinion. Earlier ones are kept, so that you can see what was known when."
    ),
    message("preliminary"): message("Raised by an alarm and not yet confirmed by later blocks."),
    message("confirmed"): message("Later blocks agree that hash rate fell."),
    message("reviewed"): message(
        "Judged again with all blocks around it; the size is measured again, because the "
        "data that raise an alarm exaggerate it."
    ),
    message("rejected"): message("Later blocks showed that nothing broke."),
    message("difficulty"): message(
        "How hard a block is to find. It is computed again every 2,016 blocks, about two "
        "weeks, so that blocks keep coming every ten minutes."
    ),
    message("retarget"): message("The moment at which the difficulty changes."),
    message("epoch"): message("The 2,016 blocks between two changes of difficulty."),
    message("share"): message(
        "The part of all blocks, or of all hash rate. When others leave, the share of those"
        " who stay rises although they did nothing."
    ),
    message("found"): message("The hash rate that a pool's blocks imply."),
    message("reported"): message("The hash rate that a pool states of itself. Nobody checks it."),
    message("luck"): message("Found over reported hash rate; 1 is what was to be expected."),
    message("exposure"): message(
        "The part of a pool's machines that stands in a country, inferred from how its "
        "blocks fell when that country went dark."
    ),
    message("depth"): message("The part of the usual connectivity that was lost."),
    message("dark window"): message("A stretch of an outage during which connectivity was lost."),
    message("witness"): message("A signal that saw the outage, or had values and did not see it."),
    message("probing"): message(
        "Computers elsewhere ask hosts of the country to answer, and count who does."
    ),
    message("routes"): message(
        "Announcements between networks of which addresses can be reached where."
    ),
    message("vintage"): message(
        "The day on which a map was published. Maps describe months that are long past."
    ),
    message("silence"): message(
        "The time since the newest block. Ten minutes are usual; an hour comes about once "
        "in three days by chance."
    ),
    message("failover"): message("How long miners need to point their machines at another pool."),
    message("hashprice"): message("What a machine of one terahash a second earns in a day."),
    message("coverage"): message(
        "The time that was watched. What was not watched is not zero; it is unknown."
    ),
}

MARKS = (
    message("ok"),
    message("starting"),
    message("late"),
    message("stuck"),
    message("down"),
    message("refused"),
    message("silent"),
    message("none"),
    message("measured"),
    message("transcribed"),
    message("simulated"),
    message("up"),
    message("grid dark"),
    message("frozen"),
    message("network dark"),
    message("unknown"),
    message("blocks"),
    message("stale"),
    message("reports"),
    message("readings"),
    message("claims"),
    message("forecasts"),
    message("before"),
    message("window"),
    message("moved"),
    message("during"),
    message("after"),
    message("traffic"),
)
"""Words that a record holds as codes and that pages show as they are."""
