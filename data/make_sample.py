"""Write the bundled sample: `python data/make_sample.py` (or `--check` that it is what would be written).

Invented reviews of invented purchases, for trying the project without the real file. A hidden satisfaction decides
rating, recommendation and what is said about each aspect of a garment, each with noise, so that no model is perfect.
Nothing here is taken from the article's data but the column names and the names of departments and classes.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
from pathlib import Path

ROWS = 3000
SEED = 20240229
OUTPUT = Path(__file__).with_name("sample_reviews.csv")
HEADER = (
    ",Clothing ID,Age,Title,Review Text,Rating,Recommended IND,Positive Feedback Count,Division Name,Department Name,"
    "Class Name"
).split(",")

# department: (share, classes, what a customer calls the thing)
DEPARTMENTS = {
    "Tops": (45, "Knits Blouses Sweaters|Fine gauge", "top blouse sweater tee cardigan tunic pullover shirt"),
    "Dresses": (27, "Dresses", "dress sundress maxi shift midi frock"),
    "Bottoms": (16, "Pants Jeans Skirts Shorts", "pants jeans skirt shorts trousers culottes"),
    "Intimate": (7, "Lounge Swim Sleep Legwear Layering", "robe pajamas swimsuit leggings camisole slip"),
    "Jackets": (4, "Jackets Outerwear", "jacket coat blazer vest parka"),
    "Trend": (1, "Trend", "piece set jumpsuit"),
}
DIVISIONS = ("General", "General", "General", "General Petite", "General Petite", "Initmates")
COLOURS = "navy ivory rust olive coral teal burgundy grey mustard blush black cream emerald plum".split()
OCCASIONS = (
    "a wedding",
    "the office",
    "a weekend away",
    "dinner with friends",
    "my sister's graduation",
    "a school play",
    "a garden party",
    "a long flight",
    "church",
    "a concert",
    "a job interview",
    "the theatre",
)
SIZES = "xs s m l xl 0 2 4 6 8 10 12 14".split()

# aspect: (what is said of, in praise, in complaint); the words fit "the {of} is {word}"
ASPECTS = {
    "fit": (
        "fit shape cut silhouette",
        "flattering perfect true-to-size slimming comfortable spot-on relaxed",
        "boxy tight huge unflattering shapeless awkward baggy off",
    ),
    "fabric": (
        "fabric material lining knit cotton",
        "soft buttery breathable substantial cozy lovely lightweight",
        "scratchy thin see-through stiff cheap clingy itchy flimsy",
    ),
    "colour": (
        "color print pattern shade",
        "gorgeous vibrant rich beautiful stunning unique cheerful",
        "dull faded drab garish muddy disappointing washed-out",
    ),
    "length": (
        "length hem sleeve waist neckline",
        "ideal modest perfect graceful right just-right elegant",
        "short long uneven odd low strange cropped",
    ),
    "quality": (
        "quality stitching construction zipper finish",
        "excellent solid impeccable durable great careful",
        "poor shoddy sloppy terrible crooked fragile",
    ),
    "style": (
        "style design look detail",
        "chic classic romantic versatile fresh charming adorable",
        "frumpy dated plain fussy costume-like matronly busy",
    ),
}
PRAISE = (
    "I have already had so many compliments on it",
    "I would buy it again in a heartbeat",
    "I bought a second one in {colour}",
    "I wear it all the time",
    "It is my new favorite {item}",
    "So glad I ordered it",
    "Worth every penny",
    "It looks even better in person",
    "I love how it drapes",
    "It goes with everything I own",
    "It washes well too",
    "I felt wonderful in it at {occasion}",
    "My daughter wants to steal it",
    "I keep reaching for it",
    "I could live in this {item}",
    "It made me smile when I opened the box",
)
COMPLAINT = (
    "It went straight back",
    "I am returning it",
    "I wanted to love it so much",
    "What a waste of money",
    "It looked like a sack on me",
    "It fell apart after one wash",
    "The picture online is misleading",
    "I expected more at this price",
    "It made me look ten pounds heavier",
    "I felt silly in it at {occasion}",
    "It shrank the first time I washed it",
    "The seam ripped the first day",
    "It is going to the donation pile",
    "It did nothing for me",
    "I was so let down",
    "Save your money and skip this {item}",
)
NEUTRAL = (
    "I am {feet}'{inches}\" and ordered the {size}",
    "I usually wear a {size}",
    "I ordered it in {colour}",
    "I bought this for {occasion}",
    "It comes with a belt",
    "I tried it on in the store",
    "I wore it with boots",
    "It has a side zip",
    "I got it on sale",
    "I saw it in the catalog first",
    "The hem hits at my knee",
    "It runs about half a size large",
    "I went down one size",
    "I paired it with a denim jacket",
    "I took a {size} in it",
)
BUT = ("and", "and", "but", "although", "while", "yet")
GLAD = (
    "Love it",
    "So pretty",
    "Perfect {item}",
    "A keeper",
    "Gorgeous {colour}",
    "Great find",
    "My new favorite {item}",
    "Comfortable and chic",
    "Beautiful!",
    "Runs large but lovely",
    "Not disappointed",
    "Can't stop wearing it",
)
SORRY = (
    "Disappointed",
    "Not for me",
    "Sadly returning",
    "Poor quality",
    "So unflattering",
    "Wanted to love it",
    "Not worth it",
    "Cheap looking",
    "Strange fit",
    "Too bad",
    "Pretty but no",
    "Don't bother",
)
MIDDLING = (
    "Nice {item}",
    "Runs large",
    "Cute {item}",
    "It's okay",
    "Read before you buy",
    "Pretty {colour}",
    "Mixed feelings",
)


def main() -> int:
    """Write the sample, or compare it with what lies there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only; exit code 1 when it differs")
    content = sample()
    if not parser.parse_args().check:
        OUTPUT.write_text(content, encoding="utf-8", newline="")
        return 0
    if OUTPUT.read_text(encoding="utf-8") == content:
        return 0
    sys.stderr.write(f"{OUTPUT} is not what this script writes\n")
    return 1


def sample() -> str:
    """Give the sample as a CSV; the same on every machine."""
    chance = random.Random(SEED)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    rows = [review(chance, number) for number in range(ROWS)]
    for _ in range(6):  # the real file has a few repeated texts too
        rows[below(chance, ROWS)][4] = rows[below(chance, ROWS)][4]
    writer.writerows(rows)
    return buffer.getvalue()


def review(chance: random.Random, number: int) -> list[object]:
    """Invent one purchase and what was said of it."""
    department = weighted(chance, {name: share for name, (share, _, _) in DEPARTMENTS.items()})
    _, classes, items = DEPARTMENTS[department]
    words = {
        "item": pick(chance, items.split()),
        "colour": pick(chance, COLOURS),
        "occasion": pick(chance, OCCASIONS),
        "size": pick(chance, SIZES),
        "feet": "5",
        "inches": str(below(chance, 12)),
    }
    spread = chance.random()
    satisfaction = 0.62 + 0.38 * spread if chance.random() < 0.86 else 0.58 * spread
    recommended = int(satisfaction + 0.2 * (chance.random() - 0.5) > 0.6)
    rating = min(5, max(1, round(1.2 + 3.9 * satisfaction + 0.8 * (chance.random() - 0.5))))
    text = "" if chance.random() < 0.036 else told(chance, satisfaction, words)
    title = "" if not text or chance.random() < 0.13 else titled(chance, satisfaction, words)
    group = pick(
        chance,
        [name for part in classes.split("|") for name in (part.split() if "gauge" not in part else [part])],
    )
    return [
        number,
        700 + below(chance, 500),
        20 + below(chance, 30) + below(chance, 30),
        title,
        text,
        rating,
        recommended,
        int(chance.random() ** 4 * 40),
        pick(chance, DIVISIONS),
        department,
        group,
    ]


def told(chance: random.Random, satisfaction: float, words: dict[str, str]) -> str:
    """Say one to nine things, in praise or complaint as the satisfaction has it."""
    parts = []
    for _ in range(2 + below(chance, 5) + below(chance, 6)):
        kind = chance.random()
        if kind < 0.2:
            parts.append(pick(chance, NEUTRAL).format(**words))
        else:
            pleased = chance.random() < 0.05 + 0.93 * satisfaction**0.9
            remark = aspect(chance, pleased, words) if kind < 0.74 else pick(chance, PRAISE if pleased else COMPLAINT)
            parts.append(remark.format(**words))
    return mistyped(chance, joined(chance, parts))


def aspect(chance: random.Random, pleased: bool, words: dict[str, str]) -> str:
    """Praise or fault one aspect, often by denying the contrary."""
    subjects, good, bad = (part.split() for part in ASPECTS[pick(chance, list(ASPECTS))])
    of, like, unlike = (
        pick(chance, subjects),
        pick(chance, good if pleased else bad),
        pick(chance, bad if pleased else good),
    )
    plain = (
        f"the {of} is {like}",
        f"the {of} is so {like}",
        f"I found the {of} {like}",
        f"very {like} {of}",
        f"the {of} on this {words['item']} is {like}",
        f"{like} {of}, {'love' if pleased else 'sigh'}",
    )
    denied = (
        f"the {of} isn't {unlike}",
        f"the {of} is not {unlike} at all",
        f"I wouldn't call the {of} {unlike}",
        f"it's not {unlike}, the {of} is {like}",
        f"I don't think the {of} is {unlike}",
        f"never {unlike}",
    )
    return pick(chance, denied if chance.random() < 0.22 else plain)


def titled(chance: random.Random, satisfaction: float, words: dict[str, str]) -> str:
    """Sum it up, not always faithfully."""
    mood = satisfaction + 0.5 * (chance.random() - 0.5)
    titles = GLAD if mood > 0.68 else SORRY if mood < 0.48 else MIDDLING
    return pick(chance, titles).format(**words)


def joined(chance: random.Random, parts: list[str]) -> str:
    """Make sentences of remarks."""
    text = ""
    for part in parts:
        if text and chance.random() < 0.22:
            text += f", {pick(chance, BUT)} {part[0].lower() + part[1:] if part[:2] != 'I ' else part}"
        else:
            text += (pick(chance, [". ", ". ", "! ", "... "]) if text else "") + part[0].upper() + part[1:]
    return text + pick(chance, [".", ".", "!", ""])


def mistyped(chance: random.Random, text: str) -> str:
    """Swap two neighbouring letters here and there, and shout now and then."""
    letters = list(text)
    for position in range(len(letters) - 2):
        if letters[position].isalpha() and letters[position + 1].isalpha() and chance.random() < 0.004:
            letters[position], letters[position + 1] = letters[position + 1], letters[position]
    text = "".join(letters)
    return text.upper() if chance.random() < 0.02 else text


def below(chance: random.Random, limit: int) -> int:
    """Give a whole number in [0, limit), from `random()` alone, whose sequence no Python version changes."""
    return int(chance.random() * limit)


def pick(chance: random.Random, values: list[str] | tuple[str, ...]) -> str:
    """Choose one of several."""
    return values[below(chance, len(values))]


def weighted(chance: random.Random, shares: dict[str, int]) -> str:
    """Choose one by its share."""
    point = chance.random() * sum(shares.values())
    for name, share in shares.items():
        point -= share
        if point < 0:
            return name
    return next(reversed(shares))


if __name__ == "__main__":
    sys.exit(main())
