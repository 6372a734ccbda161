"""How fast claims are read: a megabyte of distinct claims in six languages, and one of prose.

In CPU seconds of this process, after a first text that loads the lexicons. Prints, asserts nothing.
"""

import argparse
import time

import numpy as np

from hashquake.claims.extract import extract_claims

PUBLISHED_S = 1_641_470_400.0  # 6 January 2022, 12:00 UTC
POOLS = ("AntPool", "F2Pool", "Poolin", "ViaBTC", "Foundry USA", "Binance Pool", "BTC.com", "Luxor")
CLAIMS = {
    "en": (
        (
            "The network's hash rate fell by {share}% on Wednesday, to {level} EH/s, as Kazakhstan "
            "cut off its internet, and {pool} lost {other}%."
        ),
        (
            "{pool} had lost about {share} percent of its hash rate by {hour}:{minute} UTC, "
            "according to data from BTC.com."
        ),
        (
            "Kazakhstan accounted for {share} percent of the global hash rate last August; in "
            "April it was {other} percent."
        ),
        "Bitcoin slipped {share}% to ${price} on January {day}, its lowest in a month.",
    ),
    "de": (
        (
            "Die Hashrate des Netzwerks sank am Mittwoch um {share} Prozent auf {level} EH/s, als "
            "Kasachstan das Internet abschaltete, und {pool} verlor {other} Prozent."
        ),
        "{pool} hatte bis {hour}:{minute} Uhr UTC etwa {share} Prozent seiner Hashrate verloren.",
        (
            "Auf Kasachstan entfielen im August 2021 rund {share} Prozent der weltweiten "
            "Hashrate, im April waren es {other} Prozent."
        ),
        "Der Bitcoin-Kurs gab am {day}. Januar um {share} Prozent auf {price} Dollar nach.",
    ),
    "fr": (
        (
            "Le hashrate du réseau a reculé de {share} % mercredi, à {level} EH/s, le "
            "Kazakhstan ayant coupé internet, et {pool} a perdu {other} %."
        ),
        "{pool} avait perdu environ {share} % de son hashrate à {hour}h{minute} UTC.",
        (
            "Le Kazakhstan représentait {share} % du hashrate mondial en août 2021, contre "
            "{other} % en avril."
        ),
        "Le bitcoin a cédé {share} % le {day} janvier, à {price} dollars.",
    ),
    "es": (
        (
            "El hashrate de la red cayó un {share} % el miércoles, hasta {level} EH/s, cuando "
            "Kazajistán cortó internet, y {pool} perdió un {other} %."
        ),
        "{pool} había perdido cerca de un {share} % de su hashrate a las {hour}:{minute} UTC.",
        (
            "Kazajistán representaba el {share} % del hashrate mundial en agosto de 2021, "
            "frente al {other} % de abril."
        ),
        "El bitcoin cedió un {share} % el {day} de enero, hasta los {price} dólares.",
    ),
    "pt": (
        (
            "O hashrate da rede caiu {share}% na quarta-feira, para {level} EH/s, quando o "
            "Cazaquistão cortou a internet, e a {pool} perdeu {other}%."
        ),
        "A {pool} tinha perdido cerca de {share}% do seu hashrate às {hour}h{minute} UTC.",
        (
            "O Cazaquistão respondia por {share}% do hashrate mundial em agosto de 2021, contra "
            "{other}% em abril."
        ),
        "O bitcoin recuou {share}% em {day} de janeiro, para US$ {price}.",
    ),
    "ru": (
        (
            "Хешрейт сети в среду упал на {share}%, до {level} EH/s, когда в Казахстане отключили "
            "интернет, а {pool} потерял {other}%."
        ),
        "К {hour}:{minute} UTC пул {pool} потерял около {share}% хешрейта.",
        (
            "На Казахстан в августе 2021 года приходилось {share}% мирового хешрейта, а в апреле "
            "{other}%."
        ),
        "Биткоин {day} января подешевел на {share}% до {price} долларов.",
    ),
}
PROSE = (
    (
        "It was one of those {noun} that nobody remembers the morning after, and she went on "
        "{number} steps further along the {other} before she turned round. "
    ),
    "The {noun} had belonged to his aunt, who kept it by the {other} and spoke of it to no one. ",
    "Nobody asked {number} questions when the {noun} was found behind the {other} at last. ",
)
WORDS = ("evenings", "letters", "gardens", "harbours", "kitchens", "winters", "songs", "bridges")


def claims_text(size: int, seed: int = 1) -> str:
    """Write paragraphs of four claims each, no sentence twice, the languages by turns."""
    draw = np.random.default_rng(seed)
    parts, length = [], 0
    while length < size:
        for templates in CLAIMS.values():
            paragraph = " ".join(one.format(**_figures(draw)) for one in templates)
            parts.append(paragraph)
            length += len(paragraph.encode()) + 2
    return "\n\n".join(parts)


def prose_text(size: int, seed: int = 1) -> str:
    """Write a novel of sorts, with a number in most sentences and nothing of mining."""
    draw = np.random.default_rng(seed)
    parts, length = [], 0
    while length < size:
        paragraph = "".join(
            draw.choice(PROSE).format(
                noun=draw.choice(WORDS), other=draw.choice(WORDS), number=draw.integers(2, 100_000)
            )
            for _ in range(6)
        )
        parts.append(paragraph)
        length += len(paragraph.encode()) + 2
    return "\n\n".join(parts)


def _figures(draw: np.random.Generator) -> dict[str, str]:
    return {
        "share": f"{draw.uniform(1, 60):.2f}",
        "other": f"{draw.uniform(1, 60):.2f}",
        "level": f"{draw.uniform(100, 250):.2f}",
        "price": str(draw.integers(30_000, 70_000)),
        "day": str(draw.integers(1, 7)),
        "hour": str(draw.integers(10, 24)),
        "minute": f"{draw.integers(0, 60):02}",
        "pool": draw.choice(POOLS),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=int, default=2**20)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    extract_claims(claims_text(20_000, seed=0), published_s=PUBLISHED_S)
    for name, text in (
        ("distinct claims", claims_text(args.bytes)),
        ("prose", prose_text(args.bytes)),
    ):
        taken_s = []
        n_claims = 0
        for _ in range(args.repeat):
            before_s = time.process_time()
            n_claims = len(extract_claims(text, published_s=PUBLISHED_S).claims)
            taken_s.append(time.process_time() - before_s)
        size_mb = len(text.encode()) / 1e6
        print(
            f"{name}: {size_mb:.2f} MB, {n_claims:,} claims, "
            f"{min(taken_s):.2f} CPU s at best of {args.repeat}, {min(taken_s) / size_mb:.2f} s/MB"
        )


if __name__ == "__main__":
    main()
