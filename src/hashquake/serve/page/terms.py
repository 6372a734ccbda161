"""What the terms of the page mean, each in a sentence or two that needs no statistics."""

TERMS = {
    "hash rate": "How many guesses a second all miners make together to find the next block. "
    "Nobody can see it; it is inferred from how fast blocks come.",
    "interval": "The true value lies in such a range 9 times out of 10. Blocks come at random, so "
    "no number from them is exact.",
    "band": "The pale area around the line: the true value lies in it 9 times out of 10.",
    "quake": "A fall of hash rate that luck and slow drift alone would rarely produce.",
    "outage": "A time in which a country, or a part of it, lost its Internet.",
    "onset": "When it began. Blocks come every ten minutes on average, so this is a range of "
    "times.",
    "luck and drift": "What is always there: blocks come at random, and miners come and go "
    "slowly. A fall is worth reporting only when this explains it badly.",
    "false alarms": "How often a year the same rule would raise an alarm although nothing broke.",
    "revision": "A changed opinion. Earlier ones are kept, so that you can see what was known "
    "when.",
    "preliminary": "Raised by an alarm and not yet confirmed by later blocks.",
    "confirmed": "Later blocks agree that hash rate fell.",
    "reviewed": "Judged again with all blocks around it; the size is measured again, because the "
    "data that raise an alarm exaggerate it.",
    "rejected": "Later blocks showed that nothing broke.",
    "difficulty": "How hard a block is to find. It is computed again every 2,016 blocks, about two "
    "weeks, so that blocks keep coming every ten minutes.",
    "retarget": "The moment at which the difficulty changes.",
    "epoch": "The 2,016 blocks between two changes of difficulty.",
    "share": "The part of all blocks, or of all hash rate. When others leave, the share of those "
    "who stay rises although they did nothing.",
    "found": "The hash rate that a pool's blocks imply.",
    "reported": "The hash rate that a pool states of itself. Nobody checks it.",
    "luck": "Found over reported hash rate; 1 is what was to be expected.",
    "exposure": "The part of a pool's machines that stands in a country, inferred from how its "
    "blocks fell when that country went dark.",
    "depth": "The part of the usual connectivity that was lost.",
    "dark window": "A stretch of an outage during which connectivity was lost.",
    "witness": "A signal that saw the outage, or had values and did not see it.",
    "probing": "Computers elsewhere ask hosts of the country to answer, and count who does.",
    "routes": "Announcements between networks of which addresses can be reached where.",
    "vintage": "The day on which a map was published. Maps describe months that are long past.",
    "silence": "The time since the newest block. Ten minutes are usual; an hour comes about once "
    "in three days by chance.",
    "failover": "How long miners need to point their machines at another pool.",
    "hashprice": "What a machine of one terahash a second earns in a day.",
    "coverage": "The time that was watched. What was not watched is not zero; it is unknown.",
}
